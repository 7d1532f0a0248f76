import { finiteOrNull } from './finite-number.ts';
import { longRunVariance } from './long-run-variance.ts';

/** Markets are open every day. */
export const DAYS_PER_YEAR = 365;

/** Whether at least two of the numbers differ. Computed deviations of equal numbers are not exactly 0. */
export function varies(values: ArrayLike<number>): boolean {
  for (let i = 1; i < values.length; i++) if (values[i] !== values[0]) return true;
  return false;
}

/** What the Sharpe ratio and its probabilities are made of (statistics.md#9, #10). */
export interface SharpeParts {
  /** Number of days. */
  readonly n: number;
  /** mean/standard deviation (n - 1) of daily returns. */
  readonly dailySharpe: number;
  /** Population moments: 0 and 3 for a normal distribution. */
  readonly skew: number;
  readonly kurtosis: number;
  /** Days over which autocorrelation is measured. */
  readonly lags: number;
  /** How many independent days tell as much. */
  readonly effectiveDays: number;
}

/** Null without variation, or if a part is too large for a number. @param returns simple daily returns */
export function sharpeParts(returns: ArrayLike<number>): SharpeParts | null {
  const n = returns.length;
  if (!varies(returns)) return null;
  const mean = meanOf(returns);
  let [squares, cubes, fourths] = [0, 0, 0];
  for (let day = 0; day < n; day++) {
    const deviation = returns[day]! - mean;
    squares += deviation ** 2;
    cubes += deviation ** 3;
    fourths += deviation ** 4;
  }
  const variance = squares / n;
  const lags = Math.floor(4 * (n / 100) ** (2 / 9));
  const longRun = longRunVariance(returns, lags);
  const parts = {
    n,
    dailySharpe: mean / Math.sqrt(squares / (n - 1)) + 0,
    skew: cubes / n / variance ** 1.5 + 0,
    kurtosis: fourths / n / variance ** 2,
    lags,
    effectiveDays: longRun > 0 ? n * Math.min(1, variance / longRun) : n,
  };
  return Object.values(parts).every(Number.isFinite) ? parts : null;
}

/** A year's Sharpe ratio. @param dailySharpe as in `SharpeParts` */
export function annualSharpe(dailySharpe: number): number {
  return dailySharpe * Math.sqrt(DAYS_PER_YEAR);
}

/** The Sharpe ratio of a year, lower where days resemble those before them; never higher. */
export function adjustedSharpe({ n, dailySharpe, effectiveDays }: SharpeParts): number {
  return annualSharpe(dailySharpe) * Math.sqrt(effectiveDays / n);
}

/** The Sortino ratio of a year; null without a losing day. @param returns simple daily returns */
export function sortino(returns: ArrayLike<number>): number | null {
  const downside = Math.sqrt(meanOf(Array.from(returns, (value) => Math.min(value, 0) ** 2)));
  return finiteOrNull((meanOf(returns) / downside) * Math.sqrt(DAYS_PER_YEAR));
}

/** @param totalReturn above -1; `days` it took, above 0 */
export function annualReturn(totalReturn: number, days: number): number {
  return (1 + totalReturn) ** (DAYS_PER_YEAR / days) - 1;
}

/** @throws RangeError without numbers */
export function meanOf(values: ArrayLike<number>): number {
  if (values.length === 0) throw new RangeError('There is no mean of no numbers.');
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}
