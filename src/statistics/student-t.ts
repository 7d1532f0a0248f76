import { normalCdf } from '../pipeline/normal-distribution.ts';
import { symmetricQuantile } from '../runtime/symmetric-quantile.ts';

/** From so many degrees of freedom on, the normal approximation is exact to 1e-12. */
const NEARLY_NORMAL_DEGREES = 1e6;

/**
 * Probability that a variable of Student's t distribution is at most `t`, to 1e-12.
 * @param degrees degrees of freedom above 0; any real number
 * @throws RangeError for other degrees
 */
export function studentTCdf(t: number, degrees: number): number {
  if (!(degrees > 0)) throw new RangeError(`Degrees of freedom must be above 0, not ${degrees}.`);
  const tail = upperTail(Math.abs(t), degrees);
  return t < 0 ? tail : 1 - tail;
}

/**
 * The number below which a variable of Student's t distribution lies with probability `p`, to 1e-12 relative;
 * -Infinity at 0, Infinity at 1.
 * @param degrees degrees of freedom above 0; any real number
 * @throws RangeError for other degrees, and unless `p` is in 0..1
 */
export function studentTQuantile(p: number, degrees: number): number {
  if (!(degrees > 0)) throw new RangeError(`Degrees of freedom must be above 0, not ${degrees}.`);
  return symmetricQuantile((t) => upperTail(t, degrees), p);
}

/**
 * Probability of more than `t` >= 0: half the regularized incomplete beta function I_x(degrees/2, 1/2) at
 * x = degrees/(degrees + t^2) (DLMF 8.17); with many degrees 26.7.8 of Abramowitz and Stegun (1964).
 */
function upperTail(t: number, degrees: number): number {
  const ratio = (t / degrees) * t;
  if (degrees >= NEARLY_NORMAL_DEGREES)
    return normalCdf((-t * (1 - 1 / (4 * degrees))) / Math.sqrt(1 + ratio / 2));
  const [a, b] = [degrees / 2, 0.5];
  const x = 1 / (1 + ratio);
  const rest = ratio / (1 + ratio);
  if (ratio === Infinity) return 0;
  // x^a (1 - x)^(1/2) / B(a, 1/2), with B(a, 1/2) = sqrt(pi) gamma(a) / gamma(a + 1/2).
  const front = Math.exp(-a * Math.log1p(ratio)) * Math.sqrt(rest / Math.PI) * gammaHalfRatio(a);
  if (x < (a + 1) / (a + b + 2)) return ((front / a) * betaFraction(x, a, b)) / 2;
  return (1 - (front / b) * betaFraction(rest, b, a)) / 2;
}

/** Shifts up to here make the series of `gammaHalfRatio` exact to double precision. */
const SERIES_BOUND = 50;

/** gamma(a + 1/2)/gamma(a): the series of Tricomi and Erdelyi (1951, DLMF 5.11.13) far out, and recurrence down to `a`. */
function gammaHalfRatio(a: number): number {
  let factor = 1;
  let shifted = a;
  for (; shifted < SERIES_BOUND; shifted++) factor *= shifted / (shifted + 0.5);
  const u = 1 / shifted;
  const series =
    1 +
    u *
      (-1 / 8 +
        u * (1 / 128 + u * (5 / 1024 + u * (-21 / 32768 + u * (-399 / 262144 + (u * 869) / 4194304)))));
  return factor * Math.sqrt(shifted) * series;
}

/** Keeps the denominators of the fraction away from 0. */
const TINY = 1e-300;

/** The continued fraction of the incomplete beta function (DLMF 8.17.22), by Lentz's method. */
function betaFraction(x: number, a: number, b: number): number {
  const nonZero = (value: number) => (Math.abs(value) < TINY ? TINY : value);
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; ; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d);
    c = nonZero(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d);
    c = nonZero(1 + odd / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 2 * Number.EPSILON) return fraction;
  }
}
