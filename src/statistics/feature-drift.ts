import {
  type DriftState,
  driftDayOf,
  isBrokenByConstancy,
  NO_DRIFT,
  nextDriftState,
  QUIET_DAYS,
  QUIET_DAYS_IN_PRICE_UNITS,
} from './drift-state.ts';
import {
  type DriftWindow,
  driftWindowOf,
  type FeatureDay,
  featureDayOf,
  mergeDays,
  stabilityIndex,
  type TrainingScale,
} from './feature-days.ts';
import type { FeatureWatch } from './watched-features.ts';

/** What a UTC day says about a feature, as it is stored. */
export interface FeatureDrift {
  readonly feature: string;
  readonly inPriceUnits: boolean;
  /** The values of the day; those of later windows are merged from it. */
  readonly summary: FeatureDay;
  readonly day: DriftWindow;
  /** Of the last 7 days; null until there are 7 without a missing one. */
  readonly week: DriftWindow | null;
  /** Whether the data are broken because nothing changes. */
  readonly isConstant: boolean;
  /** Population stability indices of 7 and 28 days; null without so many days, or without training quantiles. */
  readonly weekStability: number | null;
  readonly monthStability: number | null;
  readonly hasQuantiles: boolean;
  readonly state: DriftState;
}

/** A feature as it is watched. */
export interface WatchedTraining extends TrainingScale, Omit<FeatureWatch, 'isWatched'> {
  readonly feature: string;
}

/** Days of the two windows. */
const WEEK_DAYS = 7;
export const MONTH_DAYS = 28;

/** Distances are cut here, so that a scale of almost 0 gives no infinity. */
const LARGEST = 1e12;

/**
 * What another day says about a feature (statistics.md#80 to statistics.md#85).
 * @param values of the day, finite, at least one
 * @param earlier what the days before it said, in order and up to yesterday without a missing one; 27 are enough
 * @param before the state after the last known day; by default that of yesterday
 * @throws RangeError without values, and for a scale that is not above 0
 */
export function nextFeatureDrift(
  training: WatchedTraining,
  values: ArrayLike<number>,
  earlier: readonly Pick<FeatureDrift, 'summary' | 'state'>[],
  before: DriftState = earlier.at(-1)?.state ?? NO_DRIFT,
): FeatureDrift {
  const { feature, inPriceUnits, breaksWhenConstant } = training;
  const summary = featureDayOf(values, training);
  const days = [...earlier.map((one) => one.summary), summary];
  const [weekDays, monthDays] = [lastDays(days, WEEK_DAYS), lastDays(days, MONTH_DAYS)];
  const day = windowOf(summary, training);
  const week = weekDays === null ? null : windowOf(weekDays, training);
  const isConstant = isBrokenByConstancy(days, breaksWhenConstant);
  const quietDays = inPriceUnits ? QUIET_DAYS_IN_PRICE_UNITS : QUIET_DAYS;
  return {
    ...{ feature, inPriceUnits, summary, day, week, isConstant },
    weekStability: weekDays && stabilityIndex(weekDays, training),
    monthStability: monthDays && stabilityIndex(monthDays, training),
    hasQuantiles: training.quantiles !== undefined,
    state: nextDriftState(before, driftDayOf(day, week, isConstant), quietDays),
  };
}

function lastDays(days: readonly FeatureDay[], count: number): FeatureDay | null {
  return days.length < count ? null : mergeDays(days.slice(-count));
}

function windowOf(days: FeatureDay, training: TrainingScale): DriftWindow {
  const window = driftWindowOf(days, training);
  const cut = (value: number) => Math.min(LARGEST, Math.max(-LARGEST, value));
  return { ...window, z: cut(window.z), ratio: cut(window.ratio) };
}
