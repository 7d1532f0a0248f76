import { TIMEFRAME_MS } from '../candle.ts';

export const DECISION_CANDLE_MS = TIMEFRAME_MS['15m'];
export const INTRABAR_CANDLE_MS = TIMEFRAME_MS['3m'];

/** Intrabar candles of one decision candle. */
export const INTRABAR_PER_DECISION = DECISION_CANDLE_MS / INTRABAR_CANDLE_MS;

export const DECISION_CANDLES_PER_HOUR = TIMEFRAME_MS['1h'] / DECISION_CANDLE_MS;

/** Open time of the decision candle that `time` falls in (both ms). */
export function decisionCandleStart(time: number): number {
  return Math.floor(time / DECISION_CANDLE_MS) * DECISION_CANDLE_MS;
}
