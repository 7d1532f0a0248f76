import { quantileOf } from './quantile.ts';
import { seededRandom } from './random.ts';
import { type CumulativeReturns, type Ratios, type ReturnMoments, ratiosOf, stepsPerDay } from './returns.ts';

const DRAWS = 1000;
const LOWER = 0.05;
const UPPER = 0.95;

/** Drawing so many blocks takes some milliseconds. */
const BLOCKS_BETWEEN_PAUSES = 50_000;

/** How many of `count` returns belong to whole days. Intervals use only these, so they change once a day. */
export function countInWholeDays(count: number, decisionMs: number): number {
  return count - (count % stepsPerDay(decisionMs));
}

/** A 90 % interval. */
export type Interval = readonly [lower: number, upper: number];

export interface RatioIntervals {
  readonly totalReturn: Interval | null;
  readonly sharpe: Interval | null;
  readonly sortino: Interval | null;
}

export const NO_INTERVALS: RatioIntervals = { totalReturn: null, sharpe: null, sortino: null };

/**
 * Intervals by the moving-block bootstrap, the same for the same seed (paper.md#53). The returns of a day are drawn
 * together, so that they keep their dependence.
 * @param decisionMs time between two returns
 * @param pause yields to the event loop
 */
export async function bootstrapIntervals(
  returns: CumulativeReturns,
  decisionMs: number,
  seed: string,
  pause: () => Promise<void>,
): Promise<RatioIntervals> {
  const blockLength = stepsPerDay(decisionMs);
  if (returns.count < 2 * blockLength) return NO_INTERVALS;
  const random = seededRandom(seed);
  const blocks = Math.ceil(returns.count / blockLength);
  const drawsBetweenPauses = Math.max(1, Math.floor(BLOCKS_BETWEEN_PAUSES / blocks));
  const draws: Ratios[] = [];
  for (let draw = 1; draw <= DRAWS; draw++) {
    draws.push(ratiosOf(drawMoments(returns, blockLength, random), decisionMs));
    if (draw % drawsBetweenPauses === 0) await pause();
  }
  return {
    totalReturn: intervalOf(draws.map(({ totalReturn }) => totalReturn)),
    sharpe: intervalOf(draws.map(({ sharpe }) => sharpe)),
    sortino: intervalOf(draws.map(({ sortino }) => sortino)),
  };
}

function drawMoments(
  { count, sums }: CumulativeReturns,
  blockLength: number,
  random: () => number,
): ReturnMoments {
  const blocks = Math.ceil(count / blockLength);
  const starts = count - blockLength + 1;
  let [sum, squares, downsideSquares, logs] = [0, 0, 0, 0];
  for (let block = 0; block < blocks; block++) {
    const from = Math.floor(random() * starts) * 4;
    const to = from + Math.min(blockLength, count - block * blockLength) * 4;
    sum += sums[to]! - sums[from]!;
    squares += sums[to + 1]! - sums[from + 1]!;
    downsideSquares += sums[to + 2]! - sums[from + 2]!;
    logs += sums[to + 3]! - sums[from + 3]!;
  }
  return { count, sum, squares, downsideSquares, logs };
}

/** Null if more than half of the draws have no number. */
function intervalOf(values: readonly (number | null)[]): Interval | null {
  const numbers = Float64Array.from(values.filter((value) => value !== null)).sort();
  if (numbers.length < DRAWS / 2) return null;
  return [quantileOf(numbers, LOWER), quantileOf(numbers, UPPER)];
}
