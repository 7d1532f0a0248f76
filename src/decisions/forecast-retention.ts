import { createLeasedLoop, type LeasedLoop } from '../cluster/leased-loop.ts';
import type { Leases } from '../cluster/leases.ts';
import type { Log } from '../runtime/log.ts';
import type { Timers } from '../runtime/timers.ts';
import type { ForecastRepository } from './forecast-repository.ts';

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

/** Removes old forecasts, on one node, so that the store does not grow for ever. */
export function createForecastRetention(parts: RetentionParts): LeasedLoop {
  const { forecasts, leases, now, pause, timers, log } = parts;
  return createLeasedLoop({
    ...{ leases, timers },
    name: 'retention',
    begin: (isStopped) => async () => {
      while (!isStopped() && (await forecasts.forgetLive(now() - LIVE_KEPT_MS))) await pause();
      while (!isStopped() && (await forecasts.forgetReplayed(MOST_REPLAYED))) await pause();
      return INTERVAL_MS;
    },
    onFailure(error) {
      log.warn({ err: error }, 'old forecasts could not be removed');
      return INTERVAL_MS;
    },
  });
}
