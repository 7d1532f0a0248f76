import { type Candle, type FundingRate, MINUTE_MS } from '../candle.ts';
import { wilderAverage } from '../pipeline/indicators.ts';
import { DECISION_CANDLE_MS, INTRABAR_CANDLE_MS, INTRABAR_PER_DECISION } from './candle-times.ts';

/** One 15-minute candle with all that executing it takes. */
export interface DecisionCandle {
  readonly candle: Candle;
  /** Its 3-minute candles in order; null when one is missing, and then it is executed as one bar. */
  readonly parts: readonly Candle[] | null;
  /** The settlements that fall in it. */
  readonly funding: readonly FundingRate[];
  /** Close and ATR14 of the candle before it, on which is decided what is filled at its open. */
  readonly markPrice: number;
  readonly atr14: number;
}

export interface DecisionCandleSources {
  /** In order of time without holes; those before `from` only start the average true range. */
  readonly candles15m: readonly Candle[];
  /** In order of time, as far as they are there. */
  readonly candles3m: readonly Candle[];
  readonly funding: readonly FundingRate[];
  /** Open time of the first quarter, ms; the one after the first candle where it is earlier. */
  readonly from?: number;
}

/** The 15-minute candles of a range as they are executed, from candles in order of time. */
export function* decisionCandlesOf({
  candles15m,
  candles3m,
  funding,
  from = 0,
}: DecisionCandleSources): Generator<DecisionCandle> {
  const averageTrueRange = wilderAverage(14);
  let previous: { readonly close: number; readonly atr14: number } | undefined;
  let nextPart = 0;
  let nextFunding = 0;
  for (const candle of candles15m) {
    const { openTime } = candle;
    const endTime = openTime + DECISION_CANDLE_MS;
    while (nextPart < candles3m.length && candles3m[nextPart]!.openTime < openTime) nextPart += 1;
    const firstPart = nextPart;
    while (nextPart < candles3m.length && candles3m[nextPart]!.openTime < endTime) nextPart += 1;
    while (nextFunding < funding.length && minuteOf(funding[nextFunding]!) < openTime) nextFunding += 1;
    const firstFunding = nextFunding;
    while (nextFunding < funding.length && minuteOf(funding[nextFunding]!) < endTime) nextFunding += 1;

    if (previous !== undefined && openTime >= from) {
      yield {
        candle,
        parts: completeParts(openTime, candles3m.slice(firstPart, nextPart)),
        funding: funding.slice(firstFunding, nextFunding),
        markPrice: previous.close,
        atr14: previous.atr14,
      };
    }
    previous = {
      close: candle.close,
      atr14: averageTrueRange.push(trueRange(candle, previous?.close)),
    };
  }
}

/** The 3-minute candles of a quarter, or null when they are not all there; filled ones are not (paper.md#28). */
function completeParts(openTime: number, parts: readonly Candle[]): readonly Candle[] | null {
  const isComplete =
    parts.length === INTRABAR_PER_DECISION &&
    parts.every(
      (part, index) =>
        part.openTime === openTime + index * INTRABAR_CANDLE_MS && !('filled' in part && part.filled),
    );
  return isComplete ? parts : null;
}

/** features.md#10. */
function trueRange({ high, low }: Candle, previousClose: number | undefined): number {
  if (previousClose === undefined) return high - low;
  return Math.max(high - low, Math.abs(high - previousClose), Math.abs(low - previousClose));
}

/** Exchanges stamp settlements a few ms late (features.md#27). */
function minuteOf({ time }: FundingRate): number {
  return Math.floor(time / MINUTE_MS) * MINUTE_MS;
}
