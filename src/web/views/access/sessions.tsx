import type { MeAnswer } from '../../../http/auth/schema.ts';
import { Button } from '../../components/button.tsx';
import { Facts } from '../../components/figures.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { ErrorNote } from '../../components/notes.tsx';
import { Panel } from '../../components/panel.tsx';
import { Time } from '../../components/time.tsx';
import { endAllSessions, logOut } from '../../data/access.ts';
import { getJson } from '../../data/api.ts';
import { confirmAction } from '../../data/confirmation.ts';
import { useResource } from '../../data/resource.ts';
import { toast } from '../../data/toasts.ts';
import { useSubmit } from '../../data/use-submit.ts';

/** This session, and the end of it and of all. */
export function Sessions() {
  const me = useResource((signal) => getJson<MeAnswer>('/api/me', { signal }), []);
  const { isBusy, error, run } = useSubmit();
  const endAll = async () => {
    const agreed = await confirmAction({
      title: 'End all sessions?',
      detail: 'Everybody who is logged in has to log in again, you too. Service tokens go on working.',
      action: 'End all sessions',
      isDanger: true,
    });
    if (!agreed) return;
    await run(async () => {
      const ended = await endAllSessions();
      toast(ended === 1 ? 'One session was ended.' : `${ended} sessions were ended.`);
    });
  };
  return (
    <Panel title="Session">
      <Loaded of={me} lines={1}>
        {({ expires_at }) => (
          <Facts
            rows={[
              ['You are', expires_at === null ? 'using a service token' : 'logged in'],
              [
                'Ends',
                expires_at === null ? (
                  'when the token is revoked'
                ) : (
                  <>
                    <Time at={Number(expires_at) * 1000} /> UTC,{' '}
                    <Time at={Number(expires_at) * 1000} show="age" />
                  </>
                ),
              ],
            ]}
          />
        )}
      </Loaded>
      {error !== undefined && <ErrorNote error={error} />}
      <div class="actions">
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
