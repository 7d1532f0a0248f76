/** The sizes that a pair of models has to have (forecast-and-policy.md#9, forecast-and-policy.md#24). */
export const CORE_FEATURE_COUNT = 28;
export const LOOKBACK_STEPS = 512;
export const HORIZON_STEPS = 192;
export const QUANTILE_COUNT = 3;
export const FORECAST_FEATURE_COUNT = 35;
export const ACCOUNT_STATE_SIZE = 9;
export const OBSERVATION_SIZE = CORE_FEATURE_COUNT + FORECAST_FEATURE_COUNT + ACCOUNT_STATE_SIZE;
export const ACTION_SIZE = 5;
export const DEFAULT_HEADS = 4;
