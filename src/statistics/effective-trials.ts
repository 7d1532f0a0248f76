import { meanOf, varies } from './daily-ratios.ts';

/** Correlations of fewer days say nothing. */
const MIN_SHARED_DAYS = 10;

export interface EffectiveTrials {
  /** Mean correlation of all pairs, cut to 0..1; null with one trial or fewer than 10 shared days. */
  readonly meanCorrelation: number | null;
  readonly effective: number;
}

/**
 * How many independent trials equal `count` trials that resemble each other (statistics.md#18).
 * @param shared daily log returns of trials over the days that all of them share
 * @param count of all trials, also of those without returns
 */
export function effectiveTrials(
  shared: readonly (readonly number[])[],
  count = shared.length,
): EffectiveTrials {
  const correlation = meanCorrelation(shared);
  return { meanCorrelation: correlation, effective: effectiveCount(correlation, count) };
}

/** As in `EffectiveTrials`. */
export function meanCorrelation(shared: readonly (readonly number[])[]): number | null {
  const days = shared[0]?.length ?? 0;
  if (shared.length < 2 || days < MIN_SHARED_DAYS) return null;
  return Math.min(1, Math.max(0, meanOfCorrelations(shared, days)));
}

/** How many independent trials equal `count` trials with a mean correlation of 0..1; null where it is unknown. */
export function effectiveCount(correlation: number | null, count: number): number {
  return correlation === null ? count : correlation + (1 - correlation) * count;
}

/** From the square of the sum of all standardized series, which is the sum of all correlations; pairs without variation 0. */
function meanOfCorrelations(shared: readonly (readonly number[])[], days: number): number {
  const sum = new Float64Array(days);
  let varied = 0;
  for (const series of shared) {
    const standardized = standardizedOf(series);
    if (standardized === null) continue;
    varied += 1;
    for (let day = 0; day < days; day++) sum[day]! += standardized[day]!;
  }
  const all = sum.reduce((total, value) => total + value ** 2, 0);
  return (all - varied) / (shared.length * (shared.length - 1));
}

/** A series is one of the trials of many records. */
const known = new WeakMap<readonly number[], Float64Array | null>();

/** Distances from the mean, the sum of whose squares is 1; null without variation. */
function standardizedOf(series: readonly number[]): Float64Array | null {
  const before = known.get(series);
  if (before !== undefined) return before;
  const mean = meanOf(series);
  const distances = Float64Array.from(series, (value) => value - mean);
  const length = Math.sqrt(distances.reduce((squares, distance) => squares + distance ** 2, 0));
  const isVaried = varies(series) && length > 0 && Number.isFinite(length);
  const standardized = isVaried ? distances.map((distance) => distance / length) : null;
  known.set(series, standardized);
  return standardized;
}
