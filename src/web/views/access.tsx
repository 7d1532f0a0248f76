import { ViewHead } from '../components/view-head.tsx';
import { access } from '../data/access.ts';
import { FirstPassword } from './access/first-password.tsx';
import { ServiceTokens } from './access/service-tokens.tsx';
import { Sessions } from './access/sessions.tsx';

/** Password, sessions and service tokens (factor-models.md#27). */
export function AccessView() {
  return (
    <>
      <ViewHead title="Access" detail="One password, no users." />
      {access.value === 'session' ? (
        <div class="columns">
          <Sessions />
          <ServiceTokens />
        </div>
      ) : (
        <div class="measure">
          <FirstPassword />
        </div>
      )}
    </>
  );
}
