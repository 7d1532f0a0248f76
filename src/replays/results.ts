import type { StoredAccount } from '../accounts/account-repository.ts';
import type { HistoryRepository } from '../accounts/history-repository.ts';
import type { ForecastRepository } from '../decisions/forecast-repository.ts';
import type { MarketRepository } from '../market/store/market-repository.ts';
import type { ModelPackage } from '../packages/model-package.ts';
import { totalMargin } from '../pipeline/account-state.ts';
import { trainRangeOf } from '../pipeline/train-range.ts';
import { createAccountPerformances } from '../statistics/account-performances.ts';
import { NO_DECISIONS } from '../statistics/decided-share.ts';
import { measureForecastQuality } from '../statistics/forecast-quality.ts';
import type { Performance } from '../statistics/performance.ts';
import { createReadExcursions } from '../statistics/read-excursions.ts';
import { createReadResultOrigin, type ResultOrigin } from '../statistics/result-origins.ts';
import { equityAt, freeBalance } from '../trading/account.ts';
import { accountLotOf } from '../trading/lot.ts';
import { closeBefore } from './close-before.ts';
import type { LookAhead, Replay, ReplayResults } from './replay-job.ts';
import type { ReplayRepository } from './replay-repository.ts';

export interface ResultDependencies {
  readonly replays: { readonly results: Pick<ReplayRepository['results'], 'reasons'> };
  readonly repository: MarketRepository;
  readonly history: HistoryRepository;
  readonly forecasts: ForecastRepository;
  /** Yields to other work; throws when the replay is stopped. */
  readonly pause: () => Promise<void>;
}

/** Counting the rows of so many candles takes a few milliseconds. */
const CANDLES_PER_COUNT = 3000;

/** A replay that has traded all of its candles. */
export interface TradedReplay {
  readonly replay: Replay;
  readonly stored: StoredAccount;
  /** The package, with the files that the replay traded with. */
  readonly model: ModelPackage;
  /** Whether it might decide on the candle that closed at a time (ms). */
  readonly isDecided: (asOf: number) => boolean;
  readonly lookAhead: LookAhead | null;
}

/** The results of a replay that has traded all of its candles. */
export async function computeResults(
  { replays, repository, forecasts, history, pause }: ResultDependencies,
  { replay, stored, model, isDecided, lookAhead }: TradedReplay,
): Promise<ReplayResults> {
  const { id, from, to, symbol, counterfactual, packageVersion } = replay;
  const { account } = stored;
  const { decisionMs } = model.pipeline;
  const price = (await closeBefore(repository.candles, symbol, model.pipeline, to)) ?? 0;
  const performances = createAccountPerformances({ history, candles: repository.candles, pause });
  const training = trainRangeOf(model.manifest);
  const reasons = new Map<string, number>();
  for (let start = from; start < to; start += CANDLES_PER_COUNT * decisionMs) {
    const end = Math.min(to, start + CANDLES_PER_COUNT * decisionMs);
    for (const [key, count] of await replays.results.reasons(id, start, end))
      reasons.set(key, (reasons.get(key) ?? 0) + count);
    await pause();
  }
  const performance = await performances.readWithNewIntervals({
    ...{ stored, price },
    inSample: training !== null && training.from < to && from < training.to,
  });
  return {
    status: account.status,
    wallet: account.wallet,
    freeBalance: freeBalance(account),
    equity: equityAt(account, price),
    openLots: account.lots.length,
    openMargin: totalMargin(account.lots.map(accountLotOf)),
    performance: counterfactual?.kind === 'random_entries' ? withoutDecisions(performance) : performance,
    // PostgreSQL returns groups in any order.
    reasons: Object.fromEntries([...reasons].sort(([a], [b]) => (a < b ? -1 : 1))),
    quality:
      counterfactual === null
        ? await measureForecastQuality(
            { forecasts, candles: repository.candles, pause },
            {
              source: { packageId: model.id, packageVersion, symbol },
              pipeline: model.pipeline,
              ...{ from, to: to - decisionMs, knownTo: to, includes: isDecided },
            },
          )
        : null,
    lookAhead,
    declaredTrials: model.manifest.trials ?? null,
  };
}

/** Random accounts keep the rows of entries only, so they have no share of decided candles (statistics.md#74). */
function withoutDecisions(performance: Performance): Performance {
  return { ...performance, decisions: NO_DECISIONS };
}

/** Where the result of a replay that has traded all of its candles came from. */
export async function computeOrigin(
  { repository, history, pause }: Pick<ResultDependencies, 'repository' | 'history' | 'pause'>,
  { replay, stored }: Pick<TradedReplay, 'replay' | 'stored'>,
): Promise<ResultOrigin> {
  const { candles } = repository;
  const price = await closeBefore(candles, replay.symbol, replay.pipeline, replay.to);
  const readExcursions = createReadExcursions({ candles, pause });
  const readOrigin = createReadResultOrigin({ history, readExcursions, pause });
  return readOrigin({ stored, account: stored.account, pending: [], price });
}
