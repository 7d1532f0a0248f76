import type { Accounts } from '../accounts/accounts.ts';
import { DAY_MS } from '../candle.ts';
import { type BackgroundLoop, startBackgroundLoop } from '../runtime/background-loop.ts';
import type { Log } from '../runtime/log.ts';
import type { Timers } from '../runtime/timers.ts';
import type { AccountPerformances } from './account-performances.ts';
import type { LiveForecastQuality } from './live-forecast-quality.ts';
import type { ReadResultOrigin } from './result-origins.ts';
import { type Trials, trialKey } from './trials.ts';
import { midnightBefore } from './utc-days.ts';

export interface DailyStatisticsDependencies {
  readonly accounts: Pick<Accounts, 'list'>;
  readonly performances: AccountPerformances;
  readonly quality: LiveForecastQuality;
  readonly trials: Pick<Trials, 'record'>;
  readonly readOrigin: ReadResultOrigin;
  readonly now: () => number;
  readonly timers: Timers;
  readonly log: Log;
}

const MAX_STOP_MS = 1000;
/** The last candle of a day is executed some minutes after midnight. */
const AFTER_MIDNIGHT_MS = 20 * 60_000;
const RETRY_MS = 15 * 60_000;

/**
 * Computes the statistics of all accounts in the background, at the start and once per UTC day: so first requests need not
 * wait, and each account counts as a trial.
 */
export function startDailyStatistics(dependencies: DailyStatisticsDependencies): { stop(): Promise<void> } {
  const { accounts, performances, quality, trials, readOrigin, now, timers, log } = dependencies;

  async function work(): Promise<number> {
    for (const { stored, model } of await accounts.list()) {
      if (loop.stopped) break;
      const performance = await performances.readWithNewIntervals({ stored, price: null });
      await readOrigin({ stored, account: stored.account, pending: [], price: null });
      if (model === null || loop.stopped) continue;
      const { from, to } = performance.range;
      const key = trialKey(model.version, stored.account.settings);
      if (from < to) await trials.record({ symbol: stored.symbol, key, from, to, performance });
      await quality.read(model);
    }
    const next = midnightBefore(now() - AFTER_MIDNIGHT_MS) + DAY_MS + AFTER_MIDNIGHT_MS;
    return next - now();
  }

  const loop: BackgroundLoop = startBackgroundLoop({
    work,
    timers,
    onFailure(error) {
      if (!loop.stopped) log.warn({ err: error }, 'the statistics of the day could not be computed');
      return RETRY_MS;
    },
  });
  return {
    async stop() {
      // A download may take longer than the service may take to stop.
      await Promise.race([loop.stop(), timers.sleep(MAX_STOP_MS)]);
    },
  };
}
