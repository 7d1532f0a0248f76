import { TIMEFRAME_MS } from '../candle.ts';

/** A quarter of an hour, and the candles that exits are checked on, in ms. */
export const DECISION_CANDLE_MS = TIMEFRAME_MS['15m'];
export const INTRABAR_CANDLE_MS = TIMEFRAME_MS['3m'];

/** 3-minute candles of a 15-minute candle. */
export const INTRABAR_PER_DECISION = DECISION_CANDLE_MS / INTRABAR_CANDLE_MS;

/** Start of the quarter of an hour that `time` falls in, ms. */
export function decisionCandleStart(time: number): number {
  return Math.floor(time / DECISION_CANDLE_MS) * DECISION_CANDLE_MS;
}
