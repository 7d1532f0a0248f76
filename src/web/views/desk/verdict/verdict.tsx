import type { ComponentChildren } from 'preact';
import { Skeleton } from '../../../components/loading.tsx';
import type { Run } from '../run.ts';
import { progressSentence, ReplayProgress } from './replay-progress.tsx';
import { VerdictLine } from './verdict-line.tsx';

interface VerdictProps {
  readonly run: Run;
  /** Which run it is, and the others. */
  readonly children: ComponentChildren;
}

/** Whether the package is worth anything, in the service's own sentence, and how sure that is. */
export function Verdict({ run: { performance, replay }, children }: VerdictProps) {
  return (
    <section class="verdict" aria-label="Verdict">
      <div class="verdict-run">{children}</div>
      <div role="status">
        <h1>
          {performance?.worth.sentence ?? (replay === undefined ? undefined : progressSentence(replay))}
        </h1>
      </div>
      {performance !== undefined ? (
        <VerdictLine worth={performance.worth} />
      ) : replay === undefined ? (
        <Skeleton lines={2} />
      ) : (
        <ReplayProgress replay={replay} />
      )}
    </section>
  );
}
