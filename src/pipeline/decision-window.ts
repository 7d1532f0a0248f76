import type { Candle, FundingRate } from '../candle.ts';
import type { FeatureScaler } from '../formats/model-files.ts';
import { ColumnPool } from './features/candle-series.ts';
import { FeatureRows } from './features/feature-rows.ts';
import type { Pipeline } from './pipeline.ts';
import { scaleRows } from './scaler.ts';

/** The features of a decision on the last of its candles, before any model. */
export interface DecisionWindow {
  readonly lastCandle: Candle;
  /** The features of the last candle, not scaled. */
  readonly features: Float64Array;
  /** The forecaster's input: scaled features, row-major [lookback, features], oldest first. */
  readonly scaled: Float32Array;
  /** ATR14 of the last candle, in price units. */
  readonly atr14: number;
  /** Share of finite numbers in `scaled`; a decision needs 1. */
  readonly validity: number;
}

/** What a decision still reads of a window once its forecast is known: 1 kB of the window's 57. */
export interface DecidedWindow extends Omit<DecisionWindow, 'scaled'> {
  /** The scaled features of the last candle. */
  readonly scaledFeatures: Float32Array;
}

/** The features of a window before they are scaled: packages with different scalers share them. */
export interface WindowFeatures {
  readonly lastCandle: Candle;
  /** Row-major [lookback, features], oldest first. */
  readonly rows: Float64Array;
  /** Number of features. */
  readonly width: number;
  /** ATR14 of the last candle, in price units. */
  readonly atr14: number;
}

/** Reused by one window after the other: allocating columns takes as long as filling them. */
let pool = new ColumnPool(0);

/**
 * Computes features from closed decision candles in ascending time and scales the last rows.
 * @throws RangeError with fewer candles than the lookback
 */
export function decisionWindow(
  pipeline: Pick<Pipeline, 'features' | 'lookbackSteps'>,
  candles: readonly Candle[],
  funding: readonly FundingRate[],
  scaler: FeatureScaler,
): DecisionWindow {
  return scaleWindow(windowFeatures(pipeline, candles, funding), scaler);
}

/**
 * The last rows of features of closed decision candles in ascending time.
 * @throws RangeError with fewer candles than the lookback
 */
export function windowFeatures(
  pipeline: Pick<Pipeline, 'features' | 'lookbackSteps'>,
  candles: readonly Candle[],
  funding: readonly FundingRate[],
): WindowFeatures {
  const start = candles.length - pipeline.lookbackSteps;
  if (start < 0)
    throw new RangeError(`A forecast needs ${pipeline.lookbackSteps} candles; there are ${candles.length}.`);
  if (pool.capacity < candles.length) pool = new ColumnPool(candles.length);
  pool.reset();
  const rows = new FeatureRows(pipeline.features, funding, pool);
  rows.append(candles);
  const { atr14 } = rows;
  return { lastCandle: candles.at(-1)!, rows: rows.rows(start), width: pipeline.features.length, atr14 };
}

/** What a forecaster reads of the features of a window. */
export function scaleWindow(
  { lastCandle, rows, width, atr14 }: WindowFeatures,
  scaler: FeatureScaler,
): DecisionWindow {
  const scaled = scaleRows(rows, scaler);
  return { lastCandle, features: rows.slice(-width), scaled, atr14, validity: finiteShare(scaled) };
}

/** Without the rows that only the forecaster reads. */
export function decidedWindow({ scaled, ...rest }: DecisionWindow): DecidedWindow {
  return { ...rest, scaledFeatures: scaled.slice(-rest.features.length) };
}

function finiteShare(values: ArrayLike<number>): number {
  let finite = 0;
  for (let i = 0; i < values.length; i++) if (Number.isFinite(values[i])) finite += 1;
  return finite / values.length;
}
