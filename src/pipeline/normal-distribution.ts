import { symmetricQuantile } from '../runtime/symmetric-quantile.ts';

/** Steps of the continued fraction: 60 reach double precision at x = 2, where it converges most slowly. */
const FRACTION_DEPTH = 60;

const SERIES_BOUND = 2;

/**
 * Complementary error function, to about 1e-15: the series 7.1.6 of Abramowitz and Stegun, "Handbook of Mathematical
 * Functions" (1964), near 0, and their continued fraction 7.1.14 further out, where 1 - erf would cancel.
 */
export function erfc(x: number): number {
  if (x < 0) return 2 - erfc(-x);
  return x < SERIES_BOUND ? 1 - erfSeries(x) : erfcFraction(x);
}

/** erf x = 2/sqrt(pi) e^(-x^2) sum of 2^n x^(2n+1) / (1 * 3 * ... * (2n+1)); all terms are positive. */
function erfSeries(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; term > sum * Number.EPSILON; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** sqrt(pi) e^(x^2) erfc x = 1/(x + (1/2)/(x + (2/2)/(x + (3/2)/(x + ...)))). */
function erfcFraction(x: number): number {
  let fraction = x;
  for (let k = FRACTION_DEPTH; k > 0; k--) fraction = x + k / 2 / fraction;
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction);
}

/** Probability that a standard normal variable is below `z`; its lower tail keeps its relative accuracy. */
export function normalCdf(z: number): number {
  return 0.5 * erfc(-z / Math.SQRT2);
}

/**
 * The number below which a standard normal variable lies with probability `p`; -Infinity at 0, Infinity at 1.
 * @throws RangeError unless `p` is in 0..1
 */
export function normalQuantile(p: number): number {
  return symmetricQuantile((z) => 0.5 * erfc(z / Math.SQRT2), p);
}
