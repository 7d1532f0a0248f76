/** How a feature was scaled in training. */
export interface TrainingScale {
  readonly mean: number;
  /** Above 0. */
  readonly scale: number;
  /** Edges between bins in ascending order, and the share of the training range in each bin; one more than edges. */
  readonly quantiles?: { readonly edges: readonly number[]; readonly shares: readonly number[] } | undefined;
}

/** What is kept of a feature's values of one UTC day; days are merged into windows. */
export interface FeatureDay {
  readonly count: number;
  readonly mean: number;
  /** Sum of squared distances from that mean. */
  readonly squares: number;
  /** Values more than 3 deviations from the training mean. */
  readonly beyond: number;
  readonly lowest: number;
  readonly highest: number;
  /** Values by bin of the training quantiles; null without them. */
  readonly bins: readonly number[] | null;
}

/** A feature's values of a window against its training range (statistics.md#81). */
export interface DriftWindow {
  /** Distance of the mean from the training mean, in training deviations. */
  readonly z: number;
  /** Population standard deviation in training deviations. */
  readonly ratio: number;
  /** Share of values more than 3 deviations from the training mean. */
  readonly beyond3: number;
  /** Whether all values are equal. */
  readonly constant: boolean;
}

const BEYOND = 3;
/** Shares of empty bins count as this. */
const SMALLEST_SHARE = 1e-4;

/**
 * Summarizes the values of one day.
 * @param values finite, at least one
 * @throws RangeError without values, and for a scale that is not above 0
 */
export function featureDayOf(values: ArrayLike<number>, training: TrainingScale): FeatureDay {
  const { mean: expected, scale, quantiles } = training;
  if (values.length === 0) throw new RangeError('A day needs at least one value.');
  if (!(scale > 0)) throw new RangeError(`A scale must be above 0, not ${scale}.`);
  const bins = quantiles === undefined ? null : new Array<number>(quantiles.edges.length + 1).fill(0);
  let [sum, beyond, lowest, highest] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    sum += value;
    if (Math.abs(value - expected) > BEYOND * scale) beyond += 1;
    lowest = Math.min(lowest, value);
    highest = Math.max(highest, value);
    if (bins !== null && quantiles !== undefined) {
      const bin = quantiles.edges.filter((edge) => edge < value).length;
      bins[bin] = bins[bin]! + 1;
    }
  }
  const mean = sum / values.length;
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i]! - mean) ** 2;
  return { count: values.length, mean, squares, beyond, lowest, highest, bins };
}

/** The days of a window as one, as if all values had been summarized together. @throws RangeError without days */
export function mergeDays(days: readonly FeatureDay[]): FeatureDay {
  if (days.length === 0) throw new RangeError('A window needs at least one day.');
  return days.reduce((a, b) => {
    const count = a.count + b.count;
    const distance = b.mean - a.mean;
    return {
      count,
      mean: a.mean + (distance * b.count) / count,
      squares: a.squares + b.squares + (distance ** 2 * a.count * b.count) / count,
      beyond: a.beyond + b.beyond,
      lowest: Math.min(a.lowest, b.lowest),
      highest: Math.max(a.highest, b.highest),
      bins: a.bins && b.bins && a.bins.map((number, bin) => number + b.bins![bin]!),
    };
  });
}

/** A day, or merged days, against the training range. */
export function driftWindowOf(day: FeatureDay, { mean, scale }: TrainingScale): DriftWindow {
  const constant = day.lowest === day.highest;
  return {
    z: (day.mean - mean) / scale + 0,
    ratio: constant ? 0 : Math.sqrt(day.squares / day.count) / scale,
    beyond3: day.beyond / day.count,
    constant,
  };
}

/**
 * Population stability index of a window: sum of (p - q) * ln(p/q) over the bins, with the shares p of the training range
 * and q of the window, at least 1e-4 each; null without training quantiles.
 */
export function stabilityIndex({ bins, count }: FeatureDay, { quantiles }: TrainingScale): number | null {
  if (bins === null || quantiles === undefined) return null;
  const index = quantiles.shares.reduce((sum, share, bin) => {
    const p = Math.max(SMALLEST_SHARE, share);
    const q = Math.max(SMALLEST_SHARE, bins[bin]! / count);
    return sum + (p - q) * Math.log(p / q);
  }, 0);
  return index + 0;
}
