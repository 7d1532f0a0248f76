import type { StoredAccount } from '../accounts/account-repository.ts';
import type { HistoryRepository } from '../accounts/history-repository.ts';
import type { ForecastRepository } from '../decisions/forecast-repository.ts';
import type { MarketRepository } from '../market/store/market-repository.ts';
import type { ModelPackage } from '../packages/model-package.ts';
import { totalMargin } from '../pipeline/account-state.ts';
import { trainRangeOf } from '../pipeline/train-range.ts';
import { createAccountPerformances } from '../statistics/account-performances.ts';
import { measureForecastQuality } from '../statistics/forecast-quality.ts';
import { equityAt, freeBalance } from '../trading/account.ts';
import { accountLotOf } from '../trading/lot.ts';
import { closeBefore } from './close-before.ts';
import type { LookAhead, Replay, ReplayResults } from './replay-job.ts';
import type { ReplayRepository } from './replay-repository.ts';

export interface ResultDependencies {
  readonly replays: Pick<ReplayRepository, 'reasons'>;
  readonly repository: MarketRepository;
  readonly history: HistoryRepository;
  readonly forecasts: ForecastRepository;
  /** Yields to other work; throws when the replay is stopped. */
  readonly pause: () => Promise<void>;
}

/** Counting the rows of so many candles takes a few milliseconds. */
const CANDLES_PER_COUNT = 3000;

/** The results of a replay that has traded all of its candles. */
export async function computeResults(
  { replays, repository, forecasts, history, pause }: ResultDependencies,
  { id, from, to, symbol, counterfactual }: Replay,
  stored: StoredAccount,
  model: ModelPackage,
  isDecided: (asOf: number) => boolean,
  lookAhead: LookAhead | null,
): Promise<ReplayResults> {
  const { account } = stored;
  const { decisionMs } = model.pipeline;
  const price = (await closeBefore(repository.candles, symbol, model.pipeline, to)) ?? 0;
  const performances = createAccountPerformances({ history, candles: repository.candles, pause });
  const training = trainRangeOf(model.manifest);
  const reasons: Record<string, number> = {};
  for (let start = from; start < to; start += CANDLES_PER_COUNT * decisionMs) {
    const end = Math.min(to, start + CANDLES_PER_COUNT * decisionMs);
    for (const [key, count] of await replays.reasons(id, start, end))
      reasons[key] = (reasons[key] ?? 0) + count;
    await pause();
  }
  return {
    status: account.status,
    wallet: account.wallet,
    freeBalance: freeBalance(account),
    equity: equityAt(account, price),
    openLots: account.lots.length,
    openMargin: totalMargin(account.lots.map(accountLotOf)),
    performance: await performances.readWithNewIntervals({
      ...{ stored, price },
      inSample: training !== null && training.from < to && from < training.to,
    }),
    reasons,
    quality:
      counterfactual === null
        ? await measureForecastQuality(
            { forecasts, candles: repository.candles, pause },
            {
              source: { packageId: model.id, packageVersion: model.version, symbol },
              pipeline: model.pipeline,
              ...{ from, to: to - decisionMs, knownTo: to, includes: isDecided },
            },
          )
        : null,
    lookAhead,
    declaredTrials: model.manifest.trials ?? null,
  };
}
