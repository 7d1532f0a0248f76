/**
 * Variance of a series with autocorrelation, by which the variance of its mean is n times too large: the estimate of
 * Newey and West (1987), g0 + 2 * sum over k = 1..lags of (1 - k/(lags + 1)) * g_k, with autocovariances divided by n.
 * @param values at least one
 * @param lags whole number; autocovariances beyond n - 1 do not exist
 * @throws RangeError without values
 */
export function longRunVariance(values: ArrayLike<number>, lags: number): number {
  const n = values.length;
  if (n === 0) throw new RangeError('A variance needs at least one value.');
  let sum = 0;
  for (let t = 0; t < n; t++) sum += values[t]!;
  const mean = sum / n;
  const centered = Float64Array.from(values, (value) => value - mean);
  let variance = autocovariance(centered, 0);
  for (let k = 1; k <= Math.min(lags, n - 1); k++)
    variance += 2 * (1 - k / (lags + 1)) * autocovariance(centered, k);
  return variance;
}

function autocovariance(centered: Float64Array, lag: number): number {
  let sum = 0;
  for (let t = 0; t + lag < centered.length; t++) sum += centered[t]! * centered[t + lag]!;
  return sum / centered.length;
}
