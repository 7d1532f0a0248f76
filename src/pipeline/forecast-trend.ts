import { HORIZON_STEPS, QUANTILE_COUNT } from '../dimensions.ts';
import type { Sentiment } from './decode-action.ts';
import { HORIZON_BLOCK_STEPS } from './forecast-features.ts';

/** Expected log return over the horizon beyond which a forecast has a trend: 0.1 %. */
const TREND_THRESHOLD = 0.001;

/** Low, middle and high quantile of the log return `step` steps ahead. */
export interface QuantileAt {
  readonly step: number;
  readonly low: number;
  readonly mid: number;
  readonly high: number;
}

/** The quantiles of a forecast, row-major [192, 3], at `step` (1..192); they may cross. */
export function quantilesAt(quantiles: ArrayLike<number>, step: number): QuantileAt {
  const offset = (step - 1) * QUANTILE_COUNT;
  return { step, low: quantiles[offset]!, mid: quantiles[offset + 1]!, high: quantiles[offset + 2]! };
}

/** The quantiles that the policy sees: 1, 4, 12, 24 and 48 hours ahead. */
export function quantileSummary(quantiles: ArrayLike<number>): QuantileAt[] {
  return HORIZON_BLOCK_STEPS.map((step) => quantilesAt(quantiles, step));
}

/** The direction of the expected price at the end of the horizon (forecast-and-policy.md#38). */
export function forecastTrend(quantiles: ArrayLike<number>): Sentiment {
  const { mid } = quantilesAt(quantiles, HORIZON_STEPS);
  if (mid > TREND_THRESHOLD) return 'bullish';
  return mid < -TREND_THRESHOLD ? 'bearish' : 'neutral';
}
