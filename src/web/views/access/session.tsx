import type { MeAnswer } from '../../../http/auth/schema.ts';
import { Button } from '../../components/button.tsx';
import { ErrorNotice } from '../../components/messages.tsx';
import { Panel } from '../../components/panel.tsx';
import { Time } from '../../components/time.tsx';
import { DefinitionList } from '../../components/values.tsx';
import { WhenLoaded } from '../../components/when-loaded.tsx';
import { endAllSessions, logOut } from '../../data/access.ts';
import { useJson } from '../../data/resource.ts';
import { toast } from '../../data/toasts.ts';
import { useCommand } from '../../data/use-command.ts';
import { counted } from '../../format/numbers.ts';

/** This session, and how to end it or all sessions. */
export function Session() {
  const me = useJson<MeAnswer>('/api/me');
  const { isBusy, error, run } = useCommand();
  const endAll = () =>
    run(async () => toast(`Ended ${counted(await endAllSessions(), 'session')}.`), {
      title: 'End all sessions?',
      detail: 'Everyone, including you, has to log in again. Service tokens stay valid.',
      action: 'End all sessions',
      isDanger: true,
    });
  return (
    <Panel title="Session">
      <WhenLoaded resource={me} lines={1}>
        {({ expires_at }) => <SessionDetails expiresAt={expires_at} />}
      </WhenLoaded>
      <ErrorNotice error={error} />
      <div class="row">
        <Button isBusy={isBusy} onClick={() => void run(logOut)}>
          Log out
        </Button>
        <Button kind="quiet" onClick={() => void endAll()}>
          End all sessions
        </Button>
      </div>
    </Panel>
  );
}

/** @param expiresAt seconds since the epoch; null for a service token */
function SessionDetails({ expiresAt }: { readonly expiresAt: MeAnswer['expires_at'] }) {
  if (expiresAt === null) {
    return (
      <DefinitionList
        rows={[
          ['Logged in with', 'a service token'],
          ['Expires', 'never; it can be revoked'],
        ]}
      />
    );
  }
  const expiry = Number(expiresAt) * 1000;
  return (
    <DefinitionList
      rows={[
        ['Logged in with', 'the password'],
        [
          'Expires',
          <>
            <Time at={expiry} /> UTC, <Time at={expiry} show="age" />
          </>,
        ],
      ]}
    />
  );
}
