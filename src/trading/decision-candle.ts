import { type Candle, type FundingRate, MINUTE_MS } from '../candle.ts';
import { STOP_ATR_PERIOD } from '../pipeline/features/feature-rows.ts';
import { trueRange, wilderAverage } from '../pipeline/features/indicators.ts';
import { firstIndex } from '../runtime/first-index.ts';
import { type AccountPipeline, intrabarCount } from './account-pipeline.ts';

/** A closed decision candle with everything needed to execute it. */
export interface DecisionCandle extends Mark {
  readonly candle: Candle;
  /** Its intrabar candles in order; null if one is missing: then the decision candle is executed as one (paper.md#28). */
  readonly intrabar: readonly Candle[] | null;
  /** The funding settlements during the candle. */
  readonly funding: readonly FundingRate[];
}

/** The decision candle that is not closed yet. */
export interface FormingDecisionCandle extends Pick<Mark, 'atr14'> {
  /** ms. */
  readonly openTime: number;
  /** Its closed intrabar candles, without a gap. */
  readonly closed: readonly Candle[];
  readonly funding: readonly FundingRate[];
}

/** Close and ATR14 of the decision candle before: what orders at the open are sized and filled with. */
export interface Mark {
  readonly markPrice: number;
  readonly atr14: number;
}

/** An intrabar candle; a filled one replaces one that the exchange does not have (market.md#14). */
export type IntrabarCandle = Candle & { readonly filled?: boolean };

/** Market data of one symbol for one pipeline, in order of time. */
export interface CandleSources {
  readonly pipeline: AccountPipeline;
  /** Without a gap, from up to a whole history before the first decision candle that is executed. */
  readonly decisionCandles: readonly Candle[];
  readonly intrabarCandles: readonly IntrabarCandle[];
  readonly funding: readonly FundingRate[];
}

/** The decision candle that opens at `openTime` (ms); null if it or the one before it is not in the sources. */
export function decisionCandleAt(sources: CandleSources, openTime: number): DecisionCandle | null {
  const { pipeline } = sources;
  const candle = candleAt(sources.decisionCandles, openTime);
  const mark = markAt(pipeline, sources.decisionCandles, openTime);
  if (candle === undefined || mark === null) return null;
  const intrabar = intrabarRun(pipeline, sources.intrabarCandles, openTime);
  const isComplete = intrabar.length === intrabarCount(pipeline) && !intrabar.some(({ filled }) => filled);
  return {
    candle,
    intrabar: isComplete ? intrabar : null,
    funding: fundingDuring(pipeline, sources.funding, openTime),
    ...mark,
  };
}

/** The intrabar candles of the decision candle that opens at `openTime` (ms), from its first to the first missing one. */
export function intrabarRun<Intrabar extends IntrabarCandle>(
  pipeline: AccountPipeline,
  intrabarCandles: readonly Intrabar[],
  openTime: number,
): readonly Intrabar[] {
  const start = firstIndexAt(intrabarCandles, openTime);
  const candles = intrabarCandles.slice(start, start + intrabarCount(pipeline));
  const gap = candles.findIndex(
    (candle, index) => candle.openTime !== openTime + index * pipeline.intrabarMs,
  );
  return gap === -1 ? candles : candles.slice(0, gap);
}

/** The settlements from `openTime` (ms) to the end of the decision candle; the exchange stamps them a few ms late. */
export function fundingDuring(
  { decisionMs }: AccountPipeline,
  funding: readonly FundingRate[],
  openTime: number,
): readonly FundingRate[] {
  return funding.filter(({ time }) => time >= openTime && time < openTime + decisionMs);
}

/** The minute of a settlement, ms; the exchange stamps it a few ms late (features.md#27). */
export function settlementMinute({ time }: FundingRate): number {
  return Math.floor(time / MINUTE_MS) * MINUTE_MS;
}

/**
 * Close and ATR14 of the candle that closed at `time` (ms), null if it is missing. ATR14 is computed from exactly the
 * history of the pipeline that ends with it (paper.md#18), so that live accounts and replays get the same bits.
 * @param candles in order of time, without a gap
 */
export function markAt(
  { decisionMs, historyCandles }: AccountPipeline,
  candles: readonly Candle[],
  time: number,
): Mark | null {
  const end = indexAt(candles, time - decisionMs) + 1;
  const last = candles[end - 1];
  if (last === undefined) return null;
  const average = wilderAverage(STOP_ATR_PERIOD);
  let previousClose: number | undefined;
  for (const candle of candles.slice(Math.max(0, end - historyCandles), end)) {
    average.push(trueRange(candle.high, candle.low, previousClose));
    previousClose = candle.close;
  }
  return { markPrice: last.close, atr14: average.value };
}

function candleAt(candles: readonly Candle[], openTime: number): Candle | undefined {
  return candles[indexAt(candles, openTime)];
}

/** Index of the candle that opens at `openTime` (ms), -1 if there is none. */
function indexAt(candles: readonly Candle[], openTime: number): number {
  const index = firstIndexAt(candles, openTime);
  return candles[index]?.openTime === openTime ? index : -1;
}

/** Index of the first candle that opens at `openTime` (ms) or later. */
function firstIndexAt(candles: readonly Candle[], openTime: number): number {
  return firstIndex(candles, (candle) => candle.openTime >= openTime);
}
