import { TIMEFRAME_MS } from '../candle.ts';

/** A quarter of an hour, and the candles that exits are checked on, in ms. */
export const QUARTER_MS = TIMEFRAME_MS['15m'];
export const CANDLE_MS = TIMEFRAME_MS['3m'];

/** 3-minute candles of a 15-minute candle. */
export const CANDLES_PER_QUARTER = QUARTER_MS / CANDLE_MS;

/** Start of the quarter of an hour that `time` falls in, ms. */
export function quarterOf(time: number): number {
  return Math.floor(time / QUARTER_MS) * QUARTER_MS;
}
