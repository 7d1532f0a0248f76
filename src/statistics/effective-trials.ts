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
  const days = shared[0]?.length ?? 0;
  if (shared.length < 2 || days < MIN_SHARED_DAYS) return { meanCorrelation: null, effective: count };
  const meanCorrelation = Math.min(1, Math.max(0, meanOfCorrelations(shared, days)));
  return { meanCorrelation, effective: meanCorrelation + (1 - meanCorrelation) * count };
}

/** From the square of the sum of all standardized series, which is the sum of all correlations; pairs without variation 0. */
function meanOfCorrelations(shared: readonly (readonly number[])[], days: number): number {
  const sum = new Float64Array(days);
  let varied = 0;
  for (const series of shared) {
    if (!varies(series)) continue;
    const mean = meanOf(series);
    let squares = 0;
    for (let day = 0; day < days; day++) squares += (series[day]! - mean) ** 2;
    const length = Math.sqrt(squares);
    if (!(length > 0) || !Number.isFinite(length)) continue;
    varied += 1;
    for (let day = 0; day < days; day++) sum[day]! += (series[day]! - mean) / length;
  }
  const all = sum.reduce((total, value) => total + value ** 2, 0);
  return (all - varied) / (shared.length * (shared.length - 1));
}
