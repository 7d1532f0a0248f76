import { ViewHeader } from '../components/view-header.tsx';
import { access } from '../data/access.ts';
import { FirstPassword } from './access/first-password.tsx';
import { ServiceTokens } from './access/service-tokens.tsx';
import { Session } from './access/session.tsx';

/** The password, the session and service tokens (factor-models.md#27). */
export function AccessView() {
  return (
    <>
      <ViewHeader title="Access" detail="One password for everyone; there are no user accounts." />
      {access.value === 'session' ? (
        <div class="columns">
          <Session />
          <ServiceTokens />
        </div>
      ) : (
        <div class="narrow-column">
          <FirstPassword />
        </div>
      )}
    </>
  );
}
