import { type Candle, type FundingRate, TIMEFRAME_MS, type Timeframe } from '../src/candle.ts';
import { decimalsOf, scaledCandle } from './decimals.ts';

/** A part of a recording without a gap. */
export interface Stretch {
  /** When it was recorded: its first open time, and its end, ms. */
  readonly from: number;
  readonly to: number;
  /** When it is played: it follows the stretch before it, ms. */
  readonly start: number;
  /** Its prices are the recorded ones times this, so that it closes where the next stretch opens. */
  readonly factor: number;
}

export interface JoinedStretches {
  readonly candles: readonly Candle[];
  readonly funding: readonly FundingRate[];
  readonly stretches: readonly Stretch[];
}

/**
 * Joins the stretches of a recording that has gaps: each is moved in time to follow the one before, and prices are scaled, so
 * that every return stays a real one. The last stretch keeps its prices. Funding outside of the stretches is left out.
 * @param candles in order of time
 */
export function joinStretches(
  candles: readonly Candle[],
  funding: readonly FundingRate[],
  timeframe: Timeframe,
): JoinedStretches {
  const lengthMs = TIMEFRAME_MS[timeframe];
  const decimals = decimalsOf(candles).price;
  const parts = splitAtGaps(candles, lengthMs);
  const factors = factorsOf(parts);
  let end = candles[0]?.openTime ?? 0;
  const stretches = parts.map((part, index): Stretch => {
    const from = part[0]!.openTime;
    const start = end;
    end += part.length * lengthMs;
    return { from, to: from + part.length * lengthMs, start, factor: factors[index]! };
  });
  return {
    stretches,
    candles: stretches.flatMap(({ from, start, factor }, index) =>
      parts[index]!.map((candle) =>
        scaledCandle({ ...candle, openTime: candle.openTime - from + start }, factor, decimals),
      ),
    ),
    funding: stretches.flatMap(({ from, to, start }) =>
      funding
        .filter(({ time }) => time >= from && time < to)
        .map(({ time, rate }) => ({ time: time - from + start, rate })),
    ),
  };
}

/** Factors with which each part closes where the next one opens; 1 for the last. */
function factorsOf(parts: readonly (readonly Candle[])[]): number[] {
  const factors = parts.map(() => 1);
  for (let index = parts.length - 2; index >= 0; index -= 1)
    factors[index] = (factors[index + 1]! * parts[index + 1]![0]!.open) / parts[index]!.at(-1)!.close;
  return factors;
}

function splitAtGaps(candles: readonly Candle[], lengthMs: number): Candle[][] {
  const parts: Candle[][] = [];
  let next = Number.NaN;
  for (const candle of candles) {
    if (candle.openTime !== next) parts.push([]);
    parts.at(-1)!.push(candle);
    next = candle.openTime + lengthMs;
  }
  return parts;
}
