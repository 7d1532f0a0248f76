import type { PaperDesk } from '../accounts/paper-desk.ts';
import type { Database } from '../db/connection.ts';
import type { ReadRevisions } from '../db/revisions.ts';
import type { ForecastRepository } from '../decisions/forecast-repository.ts';
import type { MarketRepository } from '../market/store/market-repository.ts';
import type { CandleLoader } from '../market/sync/candle-loader.ts';
import type { Log } from '../runtime/log.ts';
import type { Timers } from '../runtime/timers.ts';
import { createAccountPerformances } from './account-performances.ts';
import { createCompareRecords } from './compare-records.ts';
import { createComparedAccounts } from './compared-accounts.ts';
import { startDailyStatistics } from './daily-statistics.ts';
import { createEquityCurves } from './equity-curves.ts';
import { createLiveForecastQuality } from './live-forecast-quality.ts';
import { createReadExcursions } from './read-excursions.ts';
import { createReadResultOrigin } from './result-origins.ts';
import { createTrialRepository } from './trial-repository.ts';
import { createTrials } from './trials.ts';

export interface StatisticsDependencies {
  readonly database: Database;
  readonly desk: PaperDesk;
  readonly candles: MarketRepository['candles'];
  readonly loader: CandleLoader;
  readonly forecasts: ForecastRepository;
  readonly readRevisions: ReadRevisions;
  readonly pause: () => Promise<void>;
  readonly now: () => number;
  readonly timers: Timers;
  readonly log: Log;
}

/** The statistics of live accounts, and the equity curves of replays. */
export function openStatistics(dependencies: StatisticsDependencies) {
  const { database, desk, candles, pause, now, timers, log, readRevisions } = dependencies;
  const { history, market, accounts } = desk;
  const performances = createAccountPerformances({ history, candles, pause });
  const quality = createLiveForecastQuality(dependencies);
  const readExcursions = createReadExcursions({ candles, pause });
  const readOrigin = createReadResultOrigin({ history, readExcursions, pause });
  const trials = createTrials({ repository: createTrialRepository(database), readRevisions });
  let daily: ReturnType<typeof startDailyStatistics> | undefined;
  return {
    performances,
    quality,
    trials,
    compareRecords: createCompareRecords(pause),
    readExcursions,
    readOrigin,
    equityCurves: createEquityCurves({ history, market, pause }),
    comparedAccounts: createComparedAccounts({ desk, performances, quality, trials, readRevisions, now }),
    /** Starts to compute the statistics of all accounts in the background, once per day. */
    start(): void {
      daily = startDailyStatistics({
        ...{ accounts, performances, quality, trials, readOrigin, now, timers, log },
      });
    },
    async close(): Promise<void> {
      await daily?.stop();
    },
  };
}
