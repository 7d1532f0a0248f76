import type { ReplayAnswer } from '../../../../http/replays/schema.ts';
import { Button } from '../../../components/button.tsx';
import { ProgressBar } from '../../../components/loading.tsx';
import { ErrorNotice } from '../../../components/messages.tsx';
import { sendJson } from '../../../data/api.ts';
import { withSegments } from '../../../data/urls.ts';
import { useCommand } from '../../../data/use-command.ts';
import { count, percent } from '../../../format/numbers.ts';
import { REPLAY_PHASES } from '../../../format/replay-phases.ts';

/** The headline of a replay that has no verdict. */
export function progressSentence({ state, progress }: Pick<ReplayAnswer, 'state' | 'progress'>): string {
  const reached = percent(progress.pct, 0);
  switch (state) {
    case 'QUEUED':
      return 'This replay waits for its turn.';
    case 'CANCELLED':
      return `This replay was canceled at ${reached}.`;
    case 'FAILED':
      return `This replay failed at ${reached}.`;
    default:
      return `Replay at ${reached}${progress.phase === null ? '' : `: ${REPLAY_PHASES[progress.phase]}`}.`;
  }
}

/** How far a replay is, and how to stop it; nothing once it has ended. */
export function ReplayProgress({ replay: { id, state, progress } }: { readonly replay: ReplayAnswer }) {
  const { isBusy, error, run } = useCommand();
  if (state !== 'RUNNING' && state !== 'QUEUED') return null;
  const cancel = () => run(() => sendJson('DELETE', withSegments('/paper/replays', id)));
  return (
    <div class="replay-progress">
      <ProgressBar
        label="It is not judged before it ends."
        value={progress.done}
        max={progress.total}
        detail={`${count(progress.done)} of ${count(progress.total)} candles`}
      />
      <Button size="small" isBusy={isBusy} onClick={() => void cancel()}>
        Cancel
      </Button>
      <ErrorNotice error={error} />
    </div>
  );
}
