/** Sizes that every pipeline has. */

/** Low, mid, high. */
export const QUANTILE_COUNT = 3;
export const FORECAST_FEATURE_COUNT = 35;
export const ACCOUNT_VALUE_COUNT = 9;
/** Direction, size, leverage, stop, target. */
export const ACTION_SIZE = 5;

/** What a package that declares nothing has (pipelines.md#1): the only home of these numbers. */
export const PIPELINE_DEFAULTS = {
  decisionTimeframe: '15m',
  featureSet: 'core28',
  lookbackSteps: 512,
  horizonSteps: 192,
  quantileLevels: [0.1, 0.5, 0.9],
  heads: 4,
  maxHoldSteps: 192,
  historyCandles: 1500,
  symbol: 'BTCUSDT',
} as const;
