import { absolute, type Tolerance } from '../../decisions/proof/comparison.ts';

/** features.md#38: relative 1e-9, absolute 1e-12 near zero. */
export const FEATURE_TOLERANCE: Tolerance = { absolute: 1e-12, relative: 1e-9 };

/** The resolution of float32, the type of the models' inputs. */
export const SCALED_TOLERANCE: Tolerance = { absolute: 1e-7, relative: 1e-7 };

/** Quantiles and forecast features (forecast-and-policy.md#41), by the precision of the weights. */
export const FORECAST_TOLERANCE = absolute(1e-5);
export const HALF_PRECISION_FORECAST_TOLERANCE = absolute(1e-4);

const POLICY = 1e-4;

/** Mean, standard deviation, action and agreement (forecast-and-policy.md#41). */
export const POLICY_TOLERANCE = absolute(POLICY);

/** The tolerance of the action, in the units of the decoded values. */
export const SIZE_TOLERANCE = absolute(POLICY / 2);
export const STOP_TOLERANCE = absolute((POLICY * 2.5) / 2);
export const TARGET_TOLERANCE = absolute((POLICY * 5.5) / 2);

/** An integer rounded from the direction. */
export const STRENGTH_TOLERANCE = absolute(1);

/** Executed runs (paper.md#60): 1e-6 relative. */
export const EXECUTION_TOLERANCE: Tolerance = { absolute: 1e-9, relative: 1e-6 };

/** Statistics (statistics.md): relative 1e-9, absolute below 1. */
export const STATISTICS_TOLERANCE: Tolerance = { absolute: 1e-9, relative: 1e-9 };

/** Statistics that a normal distribution or Student's t enters. */
export const DISTRIBUTION_TOLERANCE: Tolerance = { absolute: 1e-7, relative: 1e-7 };
