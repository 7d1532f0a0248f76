import type { Accounts } from '../accounts/accounts.ts';
import type { Log } from '../runtime/log.ts';
import type { AccountPerformances } from './account-performances.ts';
import type { LiveForecastQuality } from './live-forecast-quality.ts';

export interface PreloadDependencies {
  readonly accounts: Pick<Accounts, 'list'>;
  readonly performances: AccountPerformances;
  readonly quality: LiveForecastQuality;
  readonly sleep: (ms: number) => Promise<void>;
  readonly log: Log;
}

const MAX_STOP_MS = 1000;

/** Computes the statistics of all accounts in the background, so that the first requests need not wait. */
export function preloadStatistics({ accounts, performances, quality, sleep, log }: PreloadDependencies): {
  stop(): Promise<void>;
} {
  let stopped = false;
  async function preload(): Promise<void> {
    for (const { stored, model } of await accounts.list()) {
      if (stopped) return;
      await performances.readWithNewIntervals({ stored, price: null });
      if (model !== null && !stopped) await quality.read(model);
    }
  }
  const running = preload().catch((error: unknown) => {
    if (!stopped) log.warn({ err: error }, 'statistics could not be preloaded');
  });
  return {
    async stop() {
      stopped = true;
      // A download may take longer than the service may take to stop.
      await Promise.race([running, sleep(MAX_STOP_MS)]);
    },
  };
}
