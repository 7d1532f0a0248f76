import { DEFAULT_PIPELINE } from '../../src/pipeline/default-pipeline.ts';
import { decisionCandleStart as startOf } from '../../src/trading/account-pipeline.ts';

/** Lengths of the candles of the default pipeline. */
export const { decisionMs: DECISION_CANDLE_MS, intrabarMs: INTRABAR_CANDLE_MS } = DEFAULT_PIPELINE;

/** Open time of the decision candle of the default pipeline that `time` falls in (both ms). */
export function decisionCandleStart(time: number): number {
  return startOf(DEFAULT_PIPELINE, time);
}
