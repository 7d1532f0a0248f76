import type { Log } from '../runtime/log.ts';
import type { ForecastRepository } from './forecast-repository.ts';

/** Lets go of old forecasts, so that the store does not grow for ever. */
export interface ForecastRetention {
  /** Begins, unless it is at it already. */
  tidy(): void;
  close(): Promise<void>;
}

export interface RetentionParts {
  readonly forecasts: Pick<ForecastRepository, 'forgetLive' | 'forgetReplayed'>;
  readonly now: () => number;
  readonly pause: () => Promise<void>;
  readonly log: Log;
}

/** Forecasts of live decisions are kept for a year: some 84 MB for each package. */
const LIVE_KEPT_MS = 366 * 24 * 60 * 60_000;
/** Of all packages together, some 250 MB: more than the longest replay makes, so that none is computed twice. */
const MOST_REPLAYED = 100_000;

export function createForecastRetention({ forecasts, now, pause, log }: RetentionParts): ForecastRetention {
  let closed = false;
  let running: Promise<void> | undefined;

  async function work(): Promise<void> {
    while (!closed && (await forecasts.forgetLive(now() - LIVE_KEPT_MS))) await pause();
    while (!closed && (await forecasts.forgetReplayed(MOST_REPLAYED))) await pause();
  }

  return {
    tidy() {
      if (closed) return;
      running ??= work()
        .catch((error: unknown) => log.warn({ err: error }, 'old forecasts could not be removed'))
        .finally(() => {
          running = undefined;
        });
    },
    async close() {
      closed = true;
      await running;
    },
  };
}
