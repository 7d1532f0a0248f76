import type { PaperDesk } from '../accounts/paper-desk.ts';
import type { ReadRevisions } from '../db/revisions.ts';
import type { ForecastRepository } from '../decisions/forecast-repository.ts';
import type { MarketRepository } from '../market/store/market-repository.ts';
import type { CandleLoader } from '../market/sync/candle-loader.ts';
import type { Log } from '../runtime/log.ts';
import type { Timers } from '../runtime/timers.ts';
import { type AccountPerformances, createAccountPerformances } from './account-performances.ts';
import { type ComparedAccount, createComparedAccounts } from './compared-accounts.ts';
import { createEquityCurves, type EquityCurves } from './equity-curves.ts';
import { createLiveForecastQuality, type LiveForecastQuality } from './live-forecast-quality.ts';
import { preloadStatistics } from './preload-statistics.ts';

/** The statistics of live accounts. */
export interface Statistics {
  readonly performances: AccountPerformances;
  /** Also of replays. */
  readonly equityCurves: EquityCurves;
  readonly quality: LiveForecastQuality;
  readonly comparedAccounts: () => Promise<ComparedAccount[]>;
  /** Starts to compute the statistics of all accounts in the background. */
  start(): void;
  close(): Promise<void>;
}

export interface StatisticsDependencies {
  readonly desk: PaperDesk;
  readonly candles: MarketRepository['candles'];
  readonly loader: CandleLoader;
  readonly forecasts: ForecastRepository;
  readonly readRevisions: ReadRevisions;
  readonly pause: () => Promise<void>;
  readonly now: () => number;
  readonly timers: Pick<Timers, 'sleep'>;
  readonly log: Log;
}

export function openStatistics(dependencies: StatisticsDependencies): Statistics {
  const { desk, candles, pause, now, timers, log, readRevisions } = dependencies;
  const { history, market, accounts } = desk;
  const performances = createAccountPerformances({ history, candles, pause });
  const quality = createLiveForecastQuality(dependencies);
  let preload: ReturnType<typeof preloadStatistics> | undefined;
  return {
    performances,
    quality,
    equityCurves: createEquityCurves({ history, market, pause }),
    comparedAccounts: createComparedAccounts({ desk, performances, quality, readRevisions, now }),
    start() {
      preload = preloadStatistics({ accounts, performances, quality, sleep: timers.sleep, log });
    },
    async close() {
      await preload?.stop();
    },
  };
}
