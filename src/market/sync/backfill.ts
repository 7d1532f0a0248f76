import { TIMEFRAME_MS, type Timeframe } from '../../candle.ts';
import { backoffMs } from '../../runtime/backoff.ts';
import type { Log } from '../../runtime/log.ts';
import type { Timers } from '../../runtime/timers.ts';
import { type RetryOptions, withRetry } from '../../runtime/with-retry.ts';
import type { MarketRepository } from '../store/market-repository.ts';
import { fundingNeededTo } from '../store/stored-window.ts';
import { FUNDING_LEAD_MS, WINDOW_TIMEFRAME } from '../store/window-validity.ts';
import type { MarketLoaders } from './market-loaders.ts';

export interface BackfillOrder {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** Open times of the first and the last candle, in ms. */
  readonly from: number;
  readonly to: number;
  /** Called with the candles that were dealt with and their number in all. */
  readonly onProgress: (done: number, total: number) => void;
}

export interface BackfillDependencies {
  readonly repository: MarketRepository;
  readonly loaders: MarketLoaders;
  readonly timers: Timers;
  readonly log: Log;
}

export interface BackfillResult {
  readonly candles: number;
  /** Of those the filled ones, and in how many gaps. */
  readonly filled: number;
  readonly gaps: number;
  /** Candles of the range that are not there, because the symbol is younger or the exchange gives no more. */
  readonly missing: number;
}

/** Stored piece by piece, so that what was fetched before an interruption is not fetched again. */
const CANDLES_AT_ONCE = 5_000;
/** A piece that fails this often in a row ends the backfill. */
const MAX_FAILURES = 10;
const MAX_PAUSE_MS = 120_000;
/** The limit is applied after the jitter. */
const BACKOFF = { firstMs: 2_000, longestMs: Number.POSITIVE_INFINITY, jitter: 0.25 };

/**
 * Fills the store with the candles of a range, and with the funding they need; asks only for what is missing.
 * @throws PaperdeskError MARKET_UNAVAILABLE when the exchange cannot be had for long, SYMBOL_UNKNOWN
 */
export async function backfill(
  { repository, loaders: { candles, funding }, timers, log }: BackfillDependencies,
  { symbol, timeframe, from, to, onProgress }: BackfillOrder,
): Promise<BackfillResult> {
  const step = TIMEFRAME_MS[timeframe];
  const total = Math.max((to - from) / step + 1, 0);

  const retry: RetryOptions = {
    code: 'MARKET_UNAVAILABLE',
    attempts: MAX_FAILURES,
    pauseMs: (failures, retryAfterMs) =>
      Math.min(Math.max(backoffMs(BACKOFF, failures, timers.random), retryAfterMs), MAX_PAUSE_MS),
    onRetry: (error, pauseMs) => log.warn({ symbol, pauseMs: Math.round(pauseMs) }, error.message),
  };
  const pauses = { pause: async () => {}, sleep: (ms: number) => timers.sleep(ms) };

  onProgress(0, total);
  let [stored, filled] = [0, 0];
  for (let first = from; first <= to; first += CANDLES_AT_ONCE * step) {
    const last = Math.min(to, first + (CANDLES_AT_ONCE - 1) * step);
    await withRetry(pauses, retry, () => candles.load(symbol, timeframe, first, last));
    const there = await repository.candles.range(symbol, timeframe, first, last);
    stored += there.length;
    filled += there.filter((candle) => candle.filled).length;
    onProgress((last - from) / step + 1, total);
  }
  if (timeframe === WINDOW_TIMEFRAME) {
    await withRetry(pauses, retry, () => funding.load(symbol, from - FUNDING_LEAD_MS, fundingNeededTo(to)));
  }
  const gaps = await repository.gaps.range(symbol, timeframe, from, to);
  return { candles: stored, filled, gaps: gaps.length, missing: total - stored };
}
