import type { Candle, FundingRate } from '../candle.ts';
import { CORE_FEATURE_COUNT } from '../dimensions.ts';
import type { StandardScaler } from '../formats/model-files.ts';
import { coreFeatureIndex, coreFeatures } from './core-features.ts';
import { scaleWindow } from './scaler.ts';

/** The features of a decision on the last of its candles, before any model. */
export interface DecisionWindow {
  readonly lastCandle: Candle;
  /** The 28 core features of the last candle, not scaled. */
  readonly features: Float64Array;
  /** The forecaster's input: scaled features, row-major [512, 28], oldest first. */
  readonly scaled: Float32Array;
  /** ATR14 of the last candle, in price units. */
  readonly atr14: number;
  /** Share of finite numbers in `scaled`; a decision needs 1. */
  readonly validity: number;
}

/**
 * Computes features from closed decision candles in ascending time and scales the last 512 rows.
 * @throws RangeError with fewer than 512 candles
 */
export function decisionWindow(
  candles: readonly Candle[],
  funding: readonly FundingRate[],
  scaler: StandardScaler,
): DecisionWindow {
  const rows = coreFeatures(candles, funding);
  const features = rows.slice(-CORE_FEATURE_COUNT);
  const scaled = scaleWindow(rows, scaler);
  return {
    lastCandle: candles.at(-1)!,
    features,
    scaled,
    atr14: features[coreFeatureIndex('atr_14')]!,
    validity: finiteShare(scaled),
  };
}

function finiteShare(values: ArrayLike<number>): number {
  let finite = 0;
  for (let i = 0; i < values.length; i++) if (Number.isFinite(values[i])) finite += 1;
  return finite / values.length;
}
