import { QUARTER_MS } from '../quarter-time.ts';

/** Quarters of an hour in a year of 365 days: what ratios are annualised by (paper.md, Statistics). */
const QUARTERS_PER_YEAR = (365 * 24 * 60 * 60_000) / QUARTER_MS;

/** Sums over the first n returns, n = 0..count, so that those of any stretch are two look-ups. */
export interface ReturnSums {
  readonly count: number;
  readonly sum: Float64Array;
  readonly squares: Float64Array;
  /** Squares of the returns below 0. */
  readonly downsideSquares: Float64Array;
  /** Logarithms of 1 + return. */
  readonly logs: Float64Array;
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

/** The returns of a 15-minute equity curve; equity that is not positive has returned nothing since. */
export function returnSums(equity: Float64Array): ReturnSums {
  const count = Math.max(0, equity.length - 1);
  const [sum, squares, downsideSquares, logs] = Array.from(
    { length: 4 },
    () => new Float64Array(count + 1),
  ) as [Float64Array, Float64Array, Float64Array, Float64Array];
  for (let i = 0; i < count; i++) {
    const before = equity[i]!;
    const after = equity[i + 1]!;
    const change = before > 0 && after > 0 ? after / before - 1 : 0;
    sum[i + 1] = sum[i]! + change;
    squares[i + 1] = squares[i]! + change * change;
    downsideSquares[i + 1] = downsideSquares[i]! + (change < 0 ? change * change : 0);
    logs[i + 1] = logs[i]! + Math.log1p(change);
  }
  return { count, sum, squares, downsideSquares, logs };
}

/** The moments of all returns. */
export function allMoments({ count, sum, squares, downsideSquares, logs }: ReturnSums): ReturnMoments {
  return {
    count,
    sum: sum[count]!,
    squares: squares[count]!,
    downsideSquares: downsideSquares[count]!,
    logs: logs[count]!,
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

/** The largest fall from a peak, as a share of the peak, 0..1. */
export function maxDrawdown(equity: Float64Array): number {
  let peak = Number.NEGATIVE_INFINITY;
  let worst = 0;
  for (const value of equity) {
    if (value > peak) peak = value;
    else if (peak > 0) worst = Math.max(worst, (peak - value) / peak);
  }
  return worst;
}
