import type { Replay, ReplayResults } from '../../replays/replay-job.ts';
import { type JudgedByTrials, type Trials, trialKey } from '../../statistics/trials.ts';

/** The results of a replay, judged by everything that was tried on its range until now. */
export function judgeReplay(
  trials: Pick<Trials, 'judge'>,
  { symbol, from, to, packageVersion, settings }: Replay,
  { performance, declaredTrials }: ReplayResults,
): Promise<JudgedByTrials> {
  const key = trialKey(packageVersion, settings);
  return trials.judge({ symbol, from, to, key, performance, declared: declaredTrials });
}
