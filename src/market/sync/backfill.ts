import { DECISION_TIMEFRAMES, TIMEFRAME_MS } from '../../candle.ts';
import { backoffMs } from '../../runtime/backoff.ts';
import { type RetryOptions, withRetry } from '../../runtime/with-retry.ts';
import type { BackfillRange, BackfillResult } from '../store/backfill-repository.ts';
import { fundingNeededTo } from '../store/stored-window.ts';
import { countIn } from '../store/time-ranges.ts';
import { FUNDING_LEAD_MS } from '../store/window-validity.ts';
import type { SyncDependencies } from './market-loaders.ts';

export interface BackfillOrder extends BackfillRange {
  /** Called, and awaited, with the number of candles that are done, and of all. */
  readonly onProgress: (done: number, total: number) => unknown;
  /** Stops it before the next chunk. */
  readonly signal?: AbortSignal;
}

export type BackfillDependencies = Pick<SyncDependencies, 'repository' | 'loaders' | 'timers' | 'log'>;

/** Chunks are stored as they arrive, so that an interrupted backfill continues with the missing ones. */
const CANDLES_PER_CHUNK = 5_000;
const ATTEMPTS_PER_CHUNK = 10;
const MAX_PAUSE_MS = 120_000;
/** The limit is applied after the jitter. */
const BACKOFF = { firstMs: 2_000, longestMs: Number.POSITIVE_INFINITY, jitter: 0.25 };

/** Number of candles in a range. */
export function totalOf({ timeframe, from, to }: Omit<BackfillRange, 'symbol'>): number {
  return countIn({ from, to }, TIMEFRAME_MS[timeframe]);
}

/**
 * Downloads the missing candles of a range, and the funding that decision candles need.
 * @throws PaperdeskError MARKET_UNAVAILABLE when the exchange does not answer for long, SYMBOL_UNKNOWN; the signal's reason
 */
export async function backfill(
  { repository, loaders, timers, log }: BackfillDependencies,
  { symbol, timeframe, from, to, onProgress, signal }: BackfillOrder,
): Promise<BackfillResult> {
  const step = TIMEFRAME_MS[timeframe];
  const total = totalOf({ timeframe, from, to });
  const retry: RetryOptions = {
    codes: ['MARKET_UNAVAILABLE'],
    attempts: ATTEMPTS_PER_CHUNK,
    pauseMs: (failures, retryAfterMs) =>
      Math.min(Math.max(backoffMs(BACKOFF, failures, timers.random), retryAfterMs), MAX_PAUSE_MS),
    onRetry: (error, pauseMs) => log.warn({ symbol, pauseMs: Math.round(pauseMs) }, error.message),
  };
  const pauses = {
    pause: async () => signal?.throwIfAborted(),
    sleep: (ms: number) => timers.sleep(ms, signal),
  };

  await onProgress(0, total);
  let [stored, filled] = [0, 0];
  for (let first = from; first <= to; first += CANDLES_PER_CHUNK * step) {
    signal?.throwIfAborted();
    const last = Math.min(to, first + (CANDLES_PER_CHUNK - 1) * step);
    await withRetry(pauses, retry, () => loaders.candles.load(symbol, timeframe, first, last));
    const candles = await repository.candles.range(symbol, timeframe, first, last);
    stored += candles.length;
    filled += candles.filter((candle) => candle.filled).length;
    await onProgress(countIn({ from, to: last }, step), total);
  }
  if (DECISION_TIMEFRAMES.some((decision) => decision === timeframe)) {
    const fundingFrom = from - FUNDING_LEAD_MS;
    await withRetry(pauses, retry, () => loaders.funding.load(symbol, fundingFrom, fundingNeededTo(to)));
  }
  const gaps = await repository.gaps.list(symbol, timeframe, from, to);
  return { candles: stored, filled, gaps: gaps.length, missing: total - stored };
}
