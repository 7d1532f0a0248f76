import { DECISION_CANDLE_MS } from '../trading/candle-times.ts';

/** Quarters of an hour in a year of 365 days: what ratios are annualised by (paper.md#52). */
const QUARTERS_PER_YEAR = (365 * 24 * 60 * 60_000) / DECISION_CANDLE_MS;

const FIRST_ROOM = 256;
const GROWTH = 1.5;

/**
 * Sums over the first n returns, n = 0..count, four side by side for each n, so that those of any stretch are two
 * look-ups: the returns, their squares, the squares of those below 0, and the logarithms of 1 + return.
 */
export interface ReturnSums {
  readonly count: number;
  readonly sums: Float64Array;
}

/** Sums over some returns. */
export interface ReturnMoments {
  readonly count: number;
  readonly sum: number;
  readonly squares: number;
  readonly downsideSquares: number;
  readonly logs: number;
}

/** Return and ratios of a series; a ratio is null where it would divide by zero. */
export interface Ratios {
  /** 0.1 for 10 %. */
  readonly totalReturn: number;
  readonly sharpe: number | null;
  readonly sortino: number | null;
}

/** The sums of a curve that grows, point by point; equity that is not positive has returned nothing since. */
export class GrowingReturns implements ReturnSums {
  #sums = new Float64Array(FIRST_ROOM * 4);
  #last: number;
  count = 0;

  /** @param initial equity before the first return */
  constructor(initial: number) {
    this.#last = initial;
  }

  get sums(): Float64Array {
    return this.#sums;
  }

  push(equity: number): void {
    const change = this.#last > 0 && equity > 0 ? equity / this.#last - 1 : 0;
    this.#last = equity;
    const at = this.count * 4;
    if (at + 8 > this.#sums.length) this.#grow();
    const sums = this.#sums;
    sums[at + 4] = sums[at]! + change;
    sums[at + 5] = sums[at + 1]! + change * change;
    sums[at + 6] = sums[at + 2]! + (change < 0 ? change * change : 0);
    sums[at + 7] = sums[at + 3]! + Math.log1p(change);
    this.count += 1;
  }

  /** Into an array of its own: whoever still reads the one before sees what stood there. */
  #grow(): void {
    const sums = new Float64Array(Math.ceil(this.#sums.length * GROWTH));
    sums.set(this.#sums);
    this.#sums = sums;
  }
}

/** The moments of all returns. */
export function allMoments({ count, sums }: ReturnSums): ReturnMoments {
  const at = count * 4;
  return {
    count,
    sum: sums[at]!,
    squares: sums[at + 1]!,
    downsideSquares: sums[at + 2]!,
    logs: sums[at + 3]!,
  };
}

/**
 * Sharpe by the sample standard deviation and Sortino by the root mean square of the returns below 0, both against a
 * riskless return of 0 and annualised by 365 days.
 */
export function ratiosOf({ count, sum, squares, downsideSquares, logs }: ReturnMoments): Ratios {
  const mean = sum / count;
  const variance = (squares - count * mean * mean) / (count - 1);
  const downside = Math.sqrt(downsideSquares / count);
  return {
    totalReturn: Math.expm1(logs),
    sharpe: annualised(mean, Math.sqrt(Math.max(0, variance))),
    sortino: annualised(mean, downside),
  };
}

function annualised(mean: number, deviation: number): number | null {
  const ratio = (mean / deviation) * Math.sqrt(QUARTERS_PER_YEAR);
  return deviation > 0 && Number.isFinite(ratio) ? ratio : null;
}
