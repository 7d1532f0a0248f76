import { quantileOf } from './quantile.ts';

/** Counts of bins of equal width; bin `i` begins at (firstBin + i) * width, so 0 is an edge. */
export interface Histogram {
  readonly width: number;
  readonly firstBin: number;
  readonly counts: readonly number[];
}

const MAX_BINS = 40;
const MANTISSAS = [1, 2, 5] as const;

/** The histogram of some numbers (statistics.md#7); null without numbers, or if one is not finite. */
export function histogramOf(values: ArrayLike<number>): Histogram | null {
  const sorted = Float64Array.from(values).sort();
  if (sorted.length === 0 || !sorted.every(Number.isFinite)) return null;
  const [lowest, highest] = [sorted[0]!, sorted.at(-1)!];
  const width = widthFor(wantedWidth(sorted), lowest, highest);
  if (width === null) return null;
  const firstBin = Math.floor(lowest / width) + 0;
  const counts = new Array<number>(Math.floor(highest / width) - firstBin + 1).fill(0);
  for (const value of sorted) counts[Math.floor(value / width) - firstBin]! += 1;
  return { width, firstBin, counts };
}

/** The rule of Freedman and Diaconis (1981), and what is left where half of the numbers are equal. */
function wantedWidth(sorted: Float64Array): number {
  const spread = quantileOf(sorted, 0.75) - quantileOf(sorted, 0.25);
  const [lowest, highest] = [sorted[0]!, sorted.at(-1)!];
  return 2 * spread * sorted.length ** (-1 / 3) || (highest - lowest) / 10 || Math.abs(lowest) || 1;
}

/** The smallest round width of at least `wanted` that gives few enough bins; null if that is no float64. */
function widthFor(wanted: number, lowest: number, highest: number): number | null {
  for (let exponent = Math.floor(Math.log10(wanted)) - 1; exponent <= 308; exponent++) {
    for (const mantissa of MANTISSAS) {
      // Dividing by a power of ten gives the decimal number itself.
      const width = exponent < 0 ? mantissa / 10 ** -exponent : mantissa * 10 ** exponent;
      const bins = Math.floor(highest / width) - Math.floor(lowest / width) + 1;
      if (width >= wanted && bins <= MAX_BINS && width < Infinity) return width;
    }
  }
  return null;
}
