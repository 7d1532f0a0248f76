import { quantilesAt } from '../../pipeline/forecast-trend.ts';

/** Rows of low, mid and high. @param quantiles row-major [horizon, 3] */
export function forecastRows(quantiles: ArrayLike<number>): [number, number, number][] {
  return Array.from({ length: quantiles.length / 3 }, (_, index) => {
    const { low, mid, high } = quantilesAt(quantiles, index + 1);
    return [low, mid, high];
  });
}
