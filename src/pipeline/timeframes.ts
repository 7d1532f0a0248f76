import {
  type DecisionTimeframe,
  INTRABAR_TIMEFRAMES,
  type IntrabarTimeframe,
  TIMEFRAME_MS,
} from '../candle.ts';

/** Intrabar candles that a decision candle has at least (pipelines.md#3). */
const MIN_INTRABAR_CANDLES = 5;

/** Whether candles of `intrabar` divide those of `decision` into at least five. */
export function divides(intrabar: IntrabarTimeframe, decision: DecisionTimeframe): boolean {
  const count = TIMEFRAME_MS[decision] / TIMEFRAME_MS[intrabar];
  return Number.isInteger(count) && count >= MIN_INTRABAR_CANDLES;
}

/** The largest intrabar timeframe that divides candles of `decision` into at least five. */
export function defaultIntrabarTimeframe(decision: DecisionTimeframe): IntrabarTimeframe {
  return INTRABAR_TIMEFRAMES.findLast((timeframe) => divides(timeframe, decision))!;
}
