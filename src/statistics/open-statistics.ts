import type { PaperDesk } from '../accounts/paper-desk.ts';
import type { ReadRevisions } from '../db/revisions.ts';
import type { ForecastRepository } from '../decisions/forecast-repository.ts';
import type { MarketRepository } from '../market/store/market-repository.ts';
import type { CandleLoader } from '../market/sync/candle-loader.ts';
import type { Log } from '../runtime/log.ts';
import type { Timers } from '../runtime/timers.ts';
import { createAccountPerformances } from './account-performances.ts';
import { createComparedAccounts } from './compared-accounts.ts';
import { createEquityCurves } from './equity-curves.ts';
import { createLiveForecastQuality } from './live-forecast-quality.ts';
import { preloadStatistics } from './preload-statistics.ts';

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

/** The statistics of live accounts, and the equity curves of replays. */
export function openStatistics(dependencies: StatisticsDependencies) {
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
    /** Starts to compute the statistics of all accounts in the background. */
    start(): void {
      preload = preloadStatistics({ accounts, performances, quality, sleep: timers.sleep, log });
    },
    async close(): Promise<void> {
      await preload?.stop();
    },
  };
}
