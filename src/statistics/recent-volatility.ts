import { DAY_MS } from '../candle.ts';

const HOUR_MS = 60 * 60_000;
const DAYS_OF_WEEK = 7;

/** Horizons up to this are compared with the volatility of a day, longer ones with that of a week. */
const LONGEST_BY_DAY_MS = 4 * HOUR_MS;

/** The root mean square of the one-step returns of recent candles; undefined if there are too few. */
export interface RecentVolatility {
  /** Of the last day up to the candle `index`. */
  ofDay(index: number): number | undefined;
  /** Of the window that is hardest to beat at a horizon, in candles (statistics.md#45). */
  forHorizon(index: number, horizon: number): number | undefined;
}

/**
 * @param logs logarithms of the closes of consecutive candles
 * @param decisionMs length of a candle
 */
export function createRecentVolatility(logs: Float64Array, decisionMs: number): RecentVolatility {
  const dayCandles = DAY_MS / decisionMs;
  // Every horizon of a forecast asks for the same two windows.
  const ofDay = lastAsked((index) => rootMeanSquare(logs, index, dayCandles));
  const ofWeek = lastAsked((index) => rootMeanSquare(logs, index, DAYS_OF_WEEK * dayCandles));
  return {
    ofDay,
    forHorizon: (index, horizon) =>
      horizon * decisionMs <= LONGEST_BY_DAY_MS ? ofDay(index) : ofWeek(index),
  };
}

/** Summed anew for each window: differences of running sums would leave a volatility to prices that do not move. */
function rootMeanSquare(logs: Float64Array, index: number, returns: number): number | undefined {
  if (index < returns) return undefined;
  let squares = 0;
  for (let at = index - returns + 1; at <= index; at++) squares += (logs[at]! - logs[at - 1]!) ** 2;
  return Math.sqrt(squares / returns);
}

function lastAsked<T>(compute: (index: number) => T): (index: number) => T {
  let last: { readonly index: number; readonly value: T } | undefined;
  return (index) => {
    if (last?.index !== index) last = { index, value: compute(index) };
    return last.value;
  };
}
