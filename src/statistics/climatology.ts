import { DAY_MS } from '../candle.ts';
import { SortedWindow } from './sorted-window.ts';

const DAYS = 30;
const MIN_RETURNS = 500;

/** Sorting the whole window is faster than adding more returns than this one by one. */
const MAX_RETURNS_ADDED = 100;

/** Returns in the climatology of a forecast: 30 days of candles, at least 500 (statistics.md#44). */
export function climatologyReturns(decisionMs: number): number {
  return Math.max(MIN_RETURNS, (DAYS * DAY_MS) / decisionMs);
}

/** The quantiles of past returns at these levels (0..1); undefined if there are too few. Candles must not decrease. */
export type Climatology = (index: number, levels: readonly number[]) => readonly number[] | undefined;

/**
 * The climatology of one horizon.
 * @param logs logarithms of the closes of consecutive candles
 * @param horizon in candles
 * @param size how many returns it has: those that ended at the last `size` candles up to a forecast
 */
export function createClimatology(logs: Float64Array, horizon: number, size: number): Climatology {
  const window = new SortedWindow(size);
  const returnAt = (index: number) => logs[index]! - logs[index - horizon]!;
  // The window holds the returns that ended at first..next-1.
  let first = horizon;
  let next = horizon;
  return (index, levels) => {
    const start = index - size + 1;
    if (start < horizon) return undefined;
    if (index - next >= MAX_RETURNS_ADDED) {
      window.refill(Float64Array.from({ length: size }, (_, i) => returnAt(start + i)));
      [first, next] = [start, index + 1];
    }
    while (first < start) window.remove(returnAt(first++));
    while (next <= index) window.add(returnAt(next++));
    return levels.map((level) => window.quantile(level));
  };
}
