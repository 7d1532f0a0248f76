import { EmptyState } from '../../components/notes.tsx';
import { Panel } from '../../components/panel.tsx';
import { ViewHead } from '../../components/view-head.tsx';

/** Directories of the machine are shown to nobody without a password. */
export function NeedsPassword() {
  return (
    <>
      <ViewHead title="Factor models" detail={ABOUT} />
      <Panel title="Factor models">
        <EmptyState
          title="A password comes first"
          action={
            <a class="button button-primary" href="/access">
              Set a password
            </a>
          }
        >
          This part of the service reads directories of its machine, so it answers nobody without a password.
          Set one, log in, and register the directory that your training job writes.
        </EmptyState>
      </Panel>
    </>
  );
}

export const ABOUT = 'XGBoost models per symbol, read from the directories that training writes to.';
