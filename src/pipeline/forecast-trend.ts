import { QUANTILE_COUNT } from '../dimensions.ts';
import type { Sentiment } from './decode-action.ts';
import { quantileSteps } from './forecast-features.ts';
import type { Pipeline } from './pipeline.ts';

/** Expected log return over the horizon beyond which a forecast has a trend: 0.1 %. */
const TREND_THRESHOLD = 0.001;

/** Low, middle and high quantile of the log return `step` steps ahead. */
export interface QuantileAt {
  readonly step: number;
  readonly low: number;
  readonly mid: number;
  readonly high: number;
}

/** The quantiles of a forecast, row-major [horizon, 3], at `step` (1..horizon); they may cross. */
export function quantilesAt(quantiles: ArrayLike<number>, step: number): QuantileAt {
  const offset = (step - 1) * QUANTILE_COUNT;
  return { step, low: quantiles[offset]!, mid: quantiles[offset + 1]!, high: quantiles[offset + 2]! };
}

/** The quantiles at the steps that the policy sees: five, or fewer where the horizon is short; none of no forecast. */
export function quantileSummary(
  quantiles: ArrayLike<number>,
  { forecastFeatures, horizonSteps }: Pick<Pipeline, 'forecastFeatures' | 'horizonSteps'>,
): QuantileAt[] {
  if (quantiles.length === 0) return [];
  const steps = new Set(quantileSteps(forecastFeatures, horizonSteps));
  return [...steps].map((step) => quantilesAt(quantiles, step));
}

/** The direction of the expected price at the end of the horizon (forecast-and-policy.md#38); neutral without a forecast. */
export function forecastTrend(quantiles: ArrayLike<number>): Sentiment {
  if (quantiles.length === 0) return 'neutral';
  const { mid } = quantilesAt(quantiles, quantiles.length / QUANTILE_COUNT);
  if (mid > TREND_THRESHOLD) return 'bullish';
  return mid < -TREND_THRESHOLD ? 'bearish' : 'neutral';
}
