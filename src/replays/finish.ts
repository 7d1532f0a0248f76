import type { ResultOrigin } from '../statistics/result-origins.ts';
import { type Trials, trialKey } from '../statistics/trials.ts';
import type { ReplayResults } from './replay-job.ts';
import { computeOrigin, computeResults, type ResultDependencies, type TradedReplay } from './results.ts';

export interface FinishDependencies extends ResultDependencies {
  readonly trials: Pick<Trials, 'record'>;
}

/** What a replay that has traded all of its candles came to. */
export interface Finished {
  readonly results: ReplayResults;
  /** Only of ordinary replays: that of a counterfactual is computed on request. */
  readonly origin?: ResultOrigin;
}

/** Computes everything that is stored of a replay that has traded all of its candles, and counts it as a trial. */
export async function finish(dependencies: FinishDependencies, traded: TradedReplay): Promise<Finished> {
  const { symbol, from, to, packageVersion, settings, counterfactual } = traded.replay;
  const results = await computeResults(dependencies, traded);
  if (counterfactual !== null) return { results };
  const origin = await computeOrigin(dependencies, traded);
  const key = trialKey(packageVersion, settings);
  await dependencies.trials.record({ symbol, key, from, to, performance: results.performance });
  return { results, origin };
}
