import type { FeatureScaler, StandardScaler } from '../formats/model-files.ts';

/**
 * The forecaster's input from rows of features, both row-major [rows, features], oldest first: scaled in float64 and
 * rounded to float32 (features.md#39).
 */
export function scaleRows(features: Float64Array, scaler: FeatureScaler): Float32Array {
  const scaled = new Float32Array(features.length);
  const width = scalerWidth(scaler);
  const scale = scaling(scaler);
  for (let at = 0; at < features.length; ) {
    for (let feature = 0; feature < width; feature++, at++) scaled[at] = scale(features[at]!, feature);
  }
  return scaled;
}

/** Number of features that a scaler was fitted on. */
export function scalerWidth(scaler: FeatureScaler): number {
  return ('mean' in scaler ? scaler.mean : scaler.factor).length;
}

/** Scales one number of a feature, with the operations of scikit-learn in their order. */
export function scaling(scaler: FeatureScaler): (value: number, feature: number) => number {
  if ('mean' in scaler) {
    const { mean, scale } = scaler;
    return (value, feature) => (value - mean[feature]!) / scale[feature]!;
  }
  const { factor, offset, clip: [low, high] = [-Infinity, Infinity] } = scaler;
  return (value, feature) => Math.min(high, Math.max(low, value * factor[feature]! + offset[feature]!));
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
export function scalerToJson(
  scaler: StandardScaler & { readonly featureOrder: readonly string[] },
  fittedOn: ScalerProvenance,
): ScalerJson {
  return {
    feature_order: scaler.featureOrder,
    mean: [...scaler.mean],
    scale: [...scaler.scale],
    fitted_on: fittedOn,
  };
}
