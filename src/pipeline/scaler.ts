import { CORE_FEATURE_COUNT, LOOKBACK_STEPS } from '../dimensions.ts';
import type { StandardScaler } from '../formats/model-files.ts';
import { CORE_FEATURES } from './core-features.ts';

/** Scales the 28 features of row `row` in float64 (features.md#39). */
export function scaleRow(features: Float64Array, row: number, scaler: StandardScaler): Float64Array {
  const scaled = new Float64Array(CORE_FEATURE_COUNT);
  for (let feature = 0; feature < CORE_FEATURE_COUNT; feature++) {
    const value = features[row * CORE_FEATURE_COUNT + feature]!;
    scaled[feature] = (value - scaler.mean[feature]!) / scaler.scale[feature]!;
  }
  return scaled;
}

/**
 * The forecaster's input, row-major [512, 28], oldest first: the last 512 rows before row `end`, scaled in float64 and
 * rounded to float32 (features.md#39).
 * @throws RangeError when there are fewer than 512 rows before `end`
 */
export function scaleWindow(
  features: Float64Array,
  scaler: StandardScaler,
  end = features.length / CORE_FEATURE_COUNT,
): Float32Array {
  const start = end - LOOKBACK_STEPS;
  if (start < 0)
    throw new RangeError(`A forecast needs ${LOOKBACK_STEPS} rows of features; there are ${end}.`);
  const { mean, scale } = scaler;
  const window = new Float32Array(LOOKBACK_STEPS * CORE_FEATURE_COUNT);
  let from = start * CORE_FEATURE_COUNT;
  let to = 0;
  for (let row = 0; row < LOOKBACK_STEPS; row++) {
    for (let feature = 0; feature < CORE_FEATURE_COUNT; feature++) {
      window[to++] = (features[from++]! - mean[feature]!) / scale[feature]!;
    }
  }
  return window;
}

/** What a scaler was fitted on (features.md#45). */
export interface ScalerProvenance {
  readonly symbol: string;
  readonly market: string;
  readonly timeframe: string;
  /** Open times of the first and the last row, ISO 8601 UTC. */
  readonly from: string;
  readonly to: string;
  readonly rows: number;
}

/** The content of a `scaler.json`. */
export interface ScalerJson {
  readonly feature_order: readonly string[];
  readonly mean: readonly number[];
  readonly scale: readonly number[];
  readonly fitted_on: ScalerProvenance;
}

/** The content of a `scaler.json`; reading it gives the same numbers to the last bit. */
export function scalerToJson(scaler: StandardScaler, fittedOn: ScalerProvenance): ScalerJson {
  return {
    feature_order: [...CORE_FEATURES],
    mean: [...scaler.mean],
    scale: [...scaler.scale],
    fitted_on: fittedOn,
  };
}
