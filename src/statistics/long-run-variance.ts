/**
 * Variance of a series with autocorrelation, by which the variance of its mean is n times too large: the estimate of
 * Newey and West (1987), g0 + 2 * sum over k = 1..lags of (1 - k/(lags + 1)) * g_k, with autocovariances divided by n.
 * The weights are those of overlapping sums of lags + 1 values, so that the estimate is the mean of their squares: that
 * takes a step per value instead of one per value and lag.
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
  let [window, squares] = [0, 0];
  // Sums that reach beyond either end of the series take part too.
  for (let end = 0; end < n + lags; end++) {
    if (end < n) window += values[end]! - mean;
    if (end > lags) window -= values[end - lags - 1]! - mean;
    squares += window * window;
  }
  return squares / (lags + 1) / n;
}
