import { seededRandom } from './random.ts';
import { type Ratios, type ReturnMoments, type ReturnSums, ratiosOf } from './returns.ts';

/** Returns of a day stay together, so that their dependence does (paper.md#53). */
const BLOCK_LENGTH = 96;
const DRAWS = 1000;
const LOWER = 0.05;
const UPPER = 0.95;

/** After about so many blocks, some milliseconds, others get their turn. */
const BLOCKS_BETWEEN_PAUSES = 50_000;

/**
 * Of `count` returns those that intervals are made from: whole days, so that they need to be made again once a day
 * only, and are the same whenever that is.
 */
export function returnsOfWholeDays(count: number): number {
  return count - (count % BLOCK_LENGTH);
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
 * Intervals by the moving-block bootstrap: 1,000 draws of as many returns, in blocks of 96 from anywhere, the same for
 * the same seed. Null with less than two blocks of returns.
 * @param pause waited for now and then
 */
export async function bootstrapIntervals(
  sums: ReturnSums,
  seed: string,
  pause: () => Promise<void>,
): Promise<RatioIntervals> {
  if (sums.count < 2 * BLOCK_LENGTH) return NO_INTERVALS;
  const random = seededRandom(seed);
  const blocks = Math.ceil(sums.count / BLOCK_LENGTH);
  const drawsBetweenPauses = Math.max(1, Math.floor(BLOCKS_BETWEEN_PAUSES / blocks));
  const draws: Ratios[] = [];
  for (let draw = 1; draw <= DRAWS; draw++) {
    draws.push(ratiosOf(drawMoments(sums, blocks, random)));
    if (draw % drawsBetweenPauses === 0) await pause();
  }
  return {
    totalReturn: intervalOf(draws.map(({ totalReturn }) => totalReturn)),
    sharpe: intervalOf(draws.map(({ sharpe }) => sharpe)),
    sortino: intervalOf(draws.map(({ sortino }) => sortino)),
  };
}

function drawMoments({ count, sums }: ReturnSums, blocks: number, random: () => number): ReturnMoments {
  const starts = count - BLOCK_LENGTH + 1;
  let [sum, squares, downsideSquares, logs] = [0, 0, 0, 0];
  for (let block = 0; block < blocks; block++) {
    const from = Math.floor(random() * starts) * 4;
    const to = from + Math.min(BLOCK_LENGTH, count - block * BLOCK_LENGTH) * 4;
    sum += sums[to]! - sums[from]!;
    squares += sums[to + 1]! - sums[from + 1]!;
    downsideSquares += sums[to + 2]! - sums[from + 2]!;
    logs += sums[to + 3]! - sums[from + 3]!;
  }
  return { count, sum, squares, downsideSquares, logs };
}

/** Null where most draws have no number. */
function intervalOf(values: readonly (number | null)[]): Interval | null {
  const numbers = Float64Array.from(values.filter((value) => value !== null)).sort();
  if (numbers.length < DRAWS / 2) return null;
  return [quantileOf(numbers, LOWER), quantileOf(numbers, UPPER)];
}

/** The quantile of sorted numbers, linear between them. */
export function quantileOf(sorted: Float64Array, level: number): number {
  const position = level * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (position - below) * (sorted[above]! - sorted[below]!);
}
