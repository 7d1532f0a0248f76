/** Sizes of the pipeline `core28` at 15 minutes (features.md, forecast-and-policy.md): the only home of these numbers. */

/** Features of a row. */
export const CORE_FEATURE_COUNT = 28;
/** Rows before the first one in which every feature is defined (features.md#33). */
export const WARM_UP_ROWS = 672;
/** Rows that a forecast is computed from. */
export const LOOKBACK_STEPS = 512;
/** Candles that a forecast depends on: those of its rows and of their warm-up. */
export const FORECAST_CANDLES = WARM_UP_ROWS + LOOKBACK_STEPS;

/** Steps that a forecast looks ahead; one step is one decision candle. */
export const HORIZON_STEPS = 192;
/** Low, mid, high. */
export const QUANTILE_COUNT = 3;
/** Numbers of one forecast, row-major [192, 3]. */
export const FORECAST_SIZE = HORIZON_STEPS * QUANTILE_COUNT;

export const FORECAST_FEATURE_COUNT = 35;
export const ACCOUNT_VALUE_COUNT = 9;
export const OBSERVATION_SIZE = CORE_FEATURE_COUNT + FORECAST_FEATURE_COUNT + ACCOUNT_VALUE_COUNT;
/** Direction, size, leverage, stop, target. */
export const ACTION_SIZE = 5;

/** Steps after which a lot of the policy is closed. */
export const MAX_HOLD_STEPS = 192;
/** Attention heads of a forecaster whose manifest declares none. */
export const DEFAULT_HEADS = 4;
