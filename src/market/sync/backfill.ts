import { TIMEFRAME_MS, type Timeframe } from '../../candle.ts';
import { PaperdeskError } from '../../errors.ts';
import type { Log } from '../../runtime/log.ts';
import type { Timers } from '../../runtime/timers.ts';
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
const MOST_FAILURES = 10;
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 120_000;

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

  /** Keeps trying, for as long as the exchange asks to wait. */
  async function patiently(work: () => Promise<void>): Promise<void> {
    for (let failures = 1; ; failures += 1) {
      try {
        return await work();
      } catch (error) {
        const passing = error instanceof PaperdeskError && error.code === 'MARKET_UNAVAILABLE';
        if (!passing || failures >= MOST_FAILURES) throw error;
        const backoff = FIRST_PAUSE_MS * 2 ** (failures - 1) * (0.75 + timers.random() / 2);
        const pause = Math.min(Math.max(backoff, (error.retryAfterSeconds ?? 0) * 1000), LONGEST_PAUSE_MS);
        log.warn({ symbol, pauseMs: Math.round(pause) }, error.message);
        await timers.sleep(pause);
      }
    }
  }

  onProgress(0, total);
  let [stored, filled] = [0, 0];
  for (let first = from; first <= to; first += CANDLES_AT_ONCE * step) {
    const last = Math.min(to, first + (CANDLES_AT_ONCE - 1) * step);
    await patiently(() => candles.load(symbol, timeframe, first, last));
    const there = await repository.candles.range(symbol, timeframe, first, last);
    stored += there.length;
    filled += there.filter((candle) => candle.filled).length;
    onProgress((last - from) / step + 1, total);
  }
  if (timeframe === WINDOW_TIMEFRAME) {
    await patiently(() => funding.load(symbol, from - FUNDING_LEAD_MS, fundingNeededTo(to)));
  }
  const gaps = await repository.gaps.range(symbol, timeframe, from, to);
  return { candles: stored, filled, gaps: gaps.length, missing: total - stored };
}
