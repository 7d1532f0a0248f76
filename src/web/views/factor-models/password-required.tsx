import { EmptyState } from '../../components/messages.tsx';
import { Panel } from '../../components/panel.tsx';
import { ViewHeader } from '../../components/view-header.tsx';
import { VIEWS } from '../../views.ts';

export const DESCRIPTION = 'XGBoost models per symbol, from the directories that training writes to.';

/** Replaces the view without a password: it would show directories of the machine (factor-models.md#31). */
export function PasswordRequired() {
  return (
    <>
      <ViewHeader title="Factor models" detail={DESCRIPTION} />
      <Panel title="Factor models">
        <EmptyState
          title="A password is required"
          action={
            <a class="button button-primary" href={VIEWS.access.path}>
              Set a password
            </a>
          }
        >
          Factor models are read from directories of the service’s machine, so they are only available with a
          password. Set one, log in, and register the directory that your training job writes to.
        </EmptyState>
      </Panel>
    </>
  );
}
