import { type Candle, type FundingRate, MINUTE_MS, WINDOW_CANDLES } from '../candle.ts';
import { trueRange, wilderAverage } from '../pipeline/indicators.ts';
import { firstIndex } from '../runtime/first-index.ts';
import { DECISION_CANDLE_MS, INTRABAR_CANDLE_MS, INTRABAR_PER_DECISION } from './candle-times.ts';

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

/** Market data of one symbol, in order of time. */
export interface CandleSources {
  /** 15m candles without a gap, from up to 1500 candles before the first decision candle. */
  readonly candles15m: readonly Candle[];
  readonly candles3m: readonly IntrabarCandle[];
  readonly funding: readonly FundingRate[];
}

/** The decision candle that opens at `openTime` (ms); null if it or the one before it is not in the sources. */
export function decisionCandleAt(sources: CandleSources, openTime: number): DecisionCandle | null {
  const candle = candleAt(sources.candles15m, openTime);
  const mark = markAt(sources.candles15m, openTime);
  if (candle === undefined || mark === null) return null;
  const intrabar = intrabarRun(sources.candles3m, openTime);
  const isComplete = intrabar.length === INTRABAR_PER_DECISION && !intrabar.some(({ filled }) => filled);
  return {
    candle,
    intrabar: isComplete ? intrabar : null,
    funding: fundingDuring(sources.funding, openTime),
    ...mark,
  };
}

/** The intrabar candles of the decision candle that opens at `openTime` (ms), from its first to the first missing one. */
export function intrabarRun<Intrabar extends IntrabarCandle>(
  candles3m: readonly Intrabar[],
  openTime: number,
): readonly Intrabar[] {
  const start = firstIndexAt(candles3m, openTime);
  const candles = candles3m.slice(start, start + INTRABAR_PER_DECISION);
  const gap = candles.findIndex((candle, index) => candle.openTime !== openTime + index * INTRABAR_CANDLE_MS);
  return gap === -1 ? candles : candles.slice(0, gap);
}

/** The settlements from `openTime` (ms) to the end of the decision candle; the exchange stamps them a few ms late. */
export function fundingDuring(funding: readonly FundingRate[], openTime: number): readonly FundingRate[] {
  return funding.filter(({ time }) => time >= openTime && time < openTime + DECISION_CANDLE_MS);
}

/** The minute of a settlement, ms; the exchange stamps it a few ms late (features.md#27). */
export function settlementMinute({ time }: FundingRate): number {
  return Math.floor(time / MINUTE_MS) * MINUTE_MS;
}

/**
 * Close and ATR14 of the candle that closed at `time` (ms), null if it is missing. ATR14 is computed from exactly the
 * 1500 candles that end with it (paper.md#18), so that live accounts and replays get the same bits.
 * @param candles15m in order of time, without a gap
 */
export function markAt(candles15m: readonly Candle[], time: number): Mark | null {
  const end = indexAt(candles15m, time - DECISION_CANDLE_MS) + 1;
  const last = candles15m[end - 1];
  if (last === undefined) return null;
  const average = wilderAverage(14);
  let previousClose: number | undefined;
  for (const candle of candles15m.slice(Math.max(0, end - WINDOW_CANDLES), end)) {
    average.push(trueRange(candle.high, candle.low, previousClose));
    previousClose = candle.close;
  }
  return { markPrice: last.close, atr14: average.value };
}

function candleAt(candles15m: readonly Candle[], openTime: number): Candle | undefined {
  return candles15m[indexAt(candles15m, openTime)];
}

/** Index of the candle that opens at `openTime` (ms), -1 if there is none. */
function indexAt(candles15m: readonly Candle[], openTime: number): number {
  const index = firstIndexAt(candles15m, openTime);
  return candles15m[index]?.openTime === openTime ? index : -1;
}

/** Index of the first candle that opens at `openTime` (ms) or later. */
function firstIndexAt(candles: readonly Candle[], openTime: number): number {
  return firstIndex(candles, (candle) => candle.openTime >= openTime);
}
