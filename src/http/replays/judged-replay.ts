import type { Replay, ReplayResults } from '../../replays/replay-job.ts';
import { type JudgedByTrials, type JudgedRecord, type Trials, trialKey } from '../../statistics/trials.ts';

/** The results of a replay, judged by everything that was tried on its range until now. */
export function judgeReplay(
  trials: Pick<Trials, 'judge'>,
  replay: Replay,
  results: ReplayResults,
): Promise<JudgedByTrials> {
  return trials.judge(judgedReplay(replay, results));
}

/** The record of a finished replay. */
export function judgedReplay(
  { symbol, from, to, packageVersion, settings }: Replay,
  { performance, declaredTrials }: ReplayResults,
): JudgedRecord {
  const key = trialKey(packageVersion, settings);
  return { symbol, from, to, key, performance, declared: declaredTrials };
}
