import { TIMEFRAME_MS } from '../candle.ts';
import { DEFAULT_PIPELINE } from '../pipeline/default-pipeline.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';

/** What an account needs of the pipeline that decides for it; it outlives its package. */
export type AccountPipeline = Pick<
  Pipeline,
  | 'decisionTimeframe'
  | 'decisionMs'
  | 'intrabarTimeframe'
  | 'intrabarMs'
  | 'historyCandles'
  | 'forecastCandles'
  | 'maxHoldSteps'
>;

/** A symbol as an account trades it. */
export interface TradedMarket {
  readonly symbol: string;
  readonly pipeline: AccountPipeline;
}

/** The part of a pipeline that its account keeps. */
export function accountPipeline({
  decisionTimeframe,
  intrabarTimeframe,
  historyCandles,
  forecastCandles,
  maxHoldSteps,
}: Omit<AccountPipeline, 'decisionMs' | 'intrabarMs'>): AccountPipeline {
  return {
    decisionTimeframe,
    decisionMs: TIMEFRAME_MS[decisionTimeframe],
    intrabarTimeframe,
    intrabarMs: TIMEFRAME_MS[intrabarTimeframe],
    historyCandles,
    forecastCandles,
    maxHoldSteps,
  };
}

/** The pipeline of accounts that no package decides for. */
export const DEFAULT_ACCOUNT_PIPELINE = accountPipeline(DEFAULT_PIPELINE);

/** Intrabar candles of one decision candle. */
export function intrabarCount({
  decisionMs,
  intrabarMs,
}: Pick<Pipeline, 'decisionMs' | 'intrabarMs'>): number {
  return decisionMs / intrabarMs;
}

/** Open time of the decision candle that `time` falls in (both ms). */
export function decisionCandleStart({ decisionMs }: Pick<Pipeline, 'decisionMs'>, time: number): number {
  return Math.floor(time / decisionMs) * decisionMs;
}
