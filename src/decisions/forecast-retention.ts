import type { Leases } from '../cluster/leases.ts';
import { type BackgroundLoop, startBackgroundLoop } from '../runtime/background-loop.ts';
import type { Log } from '../runtime/log.ts';
import type { Timers } from '../runtime/timers.ts';
import type { ForecastRepository } from './forecast-repository.ts';

/** Removes old forecasts, on one node, so that the store does not grow for ever. */
export interface ForecastRetention {
  start(): void;
  /** Removes them soon, if this is the node that does. */
  wake(): void;
  close(): Promise<void>;
}

export interface RetentionParts {
  readonly forecasts: Pick<ForecastRepository, 'forgetLive' | 'forgetReplayed'>;
  readonly leases: Pick<Leases, 'want'>;
  readonly now: () => number;
  readonly pause: () => Promise<void>;
  readonly timers: Timers;
  readonly log: Log;
}

/** Forecasts of live decisions are kept for a year: some 84 MB for each package. */
const LIVE_KEPT_MS = 366 * 24 * 60 * 60_000;
/** Of all packages together, some 250 MB: more than the longest replay makes, so that none is computed twice. */
const MOST_REPLAYED = 100_000;
const INTERVAL_MS = 15 * 60_000;

export function createForecastRetention(parts: RetentionParts): ForecastRetention {
  const { forecasts, leases, now, pause, timers, log } = parts;
  let loop: BackgroundLoop | undefined;
  let giveUp = async () => {};

  function startLoop(): () => Promise<void> {
    const own = startBackgroundLoop({
      timers,
      async work() {
        while (!own.stopped && (await forecasts.forgetLive(now() - LIVE_KEPT_MS))) await pause();
        while (!own.stopped && (await forecasts.forgetReplayed(MOST_REPLAYED))) await pause();
        return INTERVAL_MS;
      },
      onFailure(error) {
        log.warn({ err: error }, 'old forecasts could not be removed');
        return INTERVAL_MS;
      },
    });
    loop = own;
    return () => {
      loop = undefined;
      return own.stop();
    };
  }

  return {
    start() {
      giveUp = leases.want('retention', startLoop);
    },
    wake: () => loop?.wake(),
    close: () => giveUp(),
  };
}
