const DAY_MS = 24 * 60 * 60_000;
/** By which ratios are annualized (paper.md#52). */
const DAYS_PER_YEAR = 365;

/** Decision candles of a day: the returns of an equity curve have one each. */
export function stepsPerDay(decisionMs: number): number {
  return DAY_MS / decisionMs;
}

const INITIAL_CAPACITY = 256;
const GROWTH = 1.5;

/**
 * Cumulative sums of returns, so that the sums over any range are two lookups. Row-major [count + 1, 4]: row n has the
 * sums over the first n returns of the return, its square, its square if it is below 0, and ln(1 + return).
 */
export interface CumulativeReturns {
  readonly count: number;
  readonly sums: Float64Array;
}

/** Sums over a set of returns. */
export interface ReturnMoments {
  readonly count: number;
  readonly sum: number;
  readonly squares: number;
  readonly downsideSquares: number;
  readonly logs: number;
}

export interface Ratios {
  /** 0.1 for 10 %. */
  readonly totalReturn: number;
  /** Null if it would divide by zero. */
  readonly sharpe: number | null;
  readonly sortino: number | null;
}

/** The returns between the points of an equity curve, which are added one by one. */
export class ReturnSeries implements CumulativeReturns {
  #sums = new Float64Array(INITIAL_CAPACITY * 4);
  #lastEquity: number;
  count = 0;

  /** @param initialEquity equity before the first return */
  constructor(initialEquity: number) {
    this.#lastEquity = initialEquity;
  }

  get sums(): Float64Array {
    return this.#sums;
  }

  /** After equity that is not positive the return is 0 (paper.md#52). */
  add(equity: number): void {
    const change = this.#lastEquity > 0 && equity > 0 ? equity / this.#lastEquity - 1 : 0;
    this.#lastEquity = equity;
    const at = this.count * 4;
    if (at + 8 > this.#sums.length) this.#grow();
    const sums = this.#sums;
    sums[at + 4] = sums[at]! + change;
    sums[at + 5] = sums[at + 1]! + change * change;
    sums[at + 6] = sums[at + 2]! + (change < 0 ? change * change : 0);
    sums[at + 7] = sums[at + 3]! + Math.log1p(change);
    this.count += 1;
  }

  /** Copies, because a bootstrap may still read the old array. */
  #grow(): void {
    const sums = new Float64Array(Math.ceil(this.#sums.length * GROWTH));
    sums.set(this.#sums);
    this.#sums = sums;
  }
}

export function momentsOf({ count, sums }: CumulativeReturns): ReturnMoments {
  const at = count * 4;
  return {
    count,
    sum: sums[at]!,
    squares: sums[at + 1]!,
    downsideSquares: sums[at + 2]!,
    logs: sums[at + 3]!,
  };
}

/** Total return, Sharpe and Sortino ratio (paper.md#52). @param decisionMs time between two returns */
export function ratiosOf(
  { count, sum, squares, downsideSquares, logs }: ReturnMoments,
  decisionMs: number,
): Ratios {
  const stepsPerYear = DAYS_PER_YEAR * stepsPerDay(decisionMs);
  const mean = sum / count;
  const variance = (squares - count * mean * mean) / (count - 1);
  const downside = Math.sqrt(downsideSquares / count);
  return {
    totalReturn: Math.expm1(logs),
    sharpe: annualized(mean, Math.sqrt(Math.max(0, variance)), stepsPerYear),
    sortino: annualized(mean, downside, stepsPerYear),
  };
}

function annualized(mean: number, deviation: number, stepsPerYear: number): number | null {
  const ratio = (mean / deviation) * Math.sqrt(stepsPerYear);
  return deviation > 0 && Number.isFinite(ratio) ? ratio : null;
}
