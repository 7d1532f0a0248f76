import { annualSharpe, DAYS_PER_YEAR, meanOf, sharpeParts, sortino } from './daily-ratios.ts';
import { type Interval, LOWER_LEVEL, UPPER_LEVEL } from './interval.ts';
import { quantileOf } from './quantile.ts';
import { blockLength, DRAWS, drawDays, widening } from './stationary-draws.ts';
import { dateOf } from './utc-days.ts';

/** So many draws may lack a number; with more there is no interval. */
const MAX_LEFT_OUT = 100;

/** 90 % intervals from daily returns (statistics.md#14, #15); null where too few draws have a number. */
export interface Intervals {
  readonly seed: string;
  /** Mean length of a block, days. */
  readonly block: number;
  /** Not below -1. */
  readonly totalReturn: Interval | null;
  readonly sharpe: Interval | null;
  readonly sortino: Interval | null;
  /** Of the deepest drawdown between midnights, as it is drawn. */
  readonly maxDrawdown: Interval | null;
}

/** The seed of intervals: equal ranges resample equal days. @param from begin of the range, ms */
export function intervalSeed(from: number): string {
  return `interval|${dateOf(from)}`;
}

interface Drawn {
  readonly totalReturn: Float64Array;
  readonly maxDrawdown: Float64Array;
  /** NaN for draws without variation, or without a loss. */
  readonly sharpe: Float64Array;
  readonly sortino: Float64Array;
}

/**
 * Intervals by the stationary bootstrap of whole days, the same for the same seed.
 * @param returns simple daily returns, at least one
 * @param pause yields to the event loop
 * @throws RangeError without returns
 */
export async function bootstrapIntervals(
  returns: ArrayLike<number>,
  seed: string,
  pause: () => Promise<void>,
): Promise<Intervals> {
  const n = returns.length;
  const drawn = await drawFigures(returns, seed, pause);
  const factor = widening(n);
  const widened = (estimate: number | null | undefined, draws: Float64Array) => {
    const interval = percentiles(draws);
    if (interval === null || factor === null || estimate == null) return null;
    return finiteInterval(interval.map((end) => estimate + factor * (end - estimate)));
  };
  const parts = sharpeParts(returns);
  const totalReturn = widened(totalReturnOf(returns), drawn.totalReturn);
  return {
    seed,
    block: blockLength(n),
    totalReturn: totalReturn && [Math.max(-1, totalReturn[0]), totalReturn[1]],
    sharpe: widened(parts && annualSharpe(parts.dailySharpe), drawn.sharpe),
    sortino: widened(sortino(returns), drawn.sortino),
    maxDrawdown: percentiles(drawn.maxDrawdown),
  };
}

async function drawFigures(
  returns: ArrayLike<number>,
  seed: string,
  pause: () => Promise<void>,
): Promise<Drawn> {
  const n = returns.length;
  const mean = meanOf(returns);
  const scale = Math.sqrt(DAYS_PER_YEAR);
  const [totalReturn, maxDrawdown] = [new Float64Array(DRAWS), new Float64Array(DRAWS)];
  const [sharpe, sortinos] = [new Float64Array(DRAWS), new Float64Array(DRAWS)];
  const compute = (positions: Uint32Array, draw: number) => {
    // Deviations from the mean of all days, so that their squares do not cancel.
    let [sum, squares, downside] = [0, 0, 0];
    let [equity, peak, deepest] = [1, 1, 0];
    const first = returns[positions[0]!]!;
    let isVaried = false;
    for (let day = 0; day < n; day++) {
      const value = returns[positions[day]!]!;
      if (value !== first) isVaried = true;
      const deviation = value - mean;
      sum += deviation;
      squares += deviation * deviation;
      if (value < 0) downside += value * value;
      equity *= 1 + value;
      if (equity > peak) peak = equity;
      else if (peak - equity > deepest * peak) deepest = (peak - equity) / peak;
    }
    const drawnMean = mean + sum / n;
    const deviation = Math.sqrt((squares - (sum * sum) / n) / (n - 1));
    totalReturn[draw] = equity - 1;
    maxDrawdown[draw] = deepest;
    sharpe[draw] = isVaried ? (drawnMean / deviation) * scale : Number.NaN;
    sortinos[draw] = downside > 0 ? (drawnMean / Math.sqrt(downside / n)) * scale : Number.NaN;
  };
  await drawDays(n, seed, compute, pause);
  return { totalReturn, maxDrawdown, sharpe, sortino: sortinos };
}

function totalReturnOf(returns: ArrayLike<number>): number {
  let equity = 1;
  for (let day = 0; day < returns.length; day++) equity *= 1 + returns[day]!;
  return equity - 1;
}

/** Sorts the draws, which puts NaN last. */
function percentiles(draws: Float64Array): Interval | null {
  draws.sort();
  let count = draws.length;
  while (count > 0 && Number.isNaN(draws[count - 1])) count -= 1;
  if (count < DRAWS - MAX_LEFT_OUT) return null;
  const numbers = draws.subarray(0, count);
  return finiteInterval([quantileOf(numbers, LOWER_LEVEL), quantileOf(numbers, UPPER_LEVEL)]);
}

function finiteInterval(ends: readonly number[]): Interval | null {
  const [lower, upper] = ends as [number, number];
  return Number.isFinite(lower) && Number.isFinite(upper) ? [lower + 0, upper + 0] : null;
}
