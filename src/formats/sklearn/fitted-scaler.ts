import { isStrings } from '../json.ts';
import type { FeatureScaler } from '../model-files.ts';
import { NumpyArray, toFloat64Vector } from '../numpy/numpy.ts';
import { describe, isList, isTuple, type PickleDict } from '../pickle/pickle-values.ts';
import { checkProduct, checkQuotient, notScaler } from './scaler-values.ts';

/** The scalers of scikit-learn that multiply and shift each feature by itself. */
export const SCALER_CLASSES = ['StandardScaler', 'MinMaxScaler', 'RobustScaler', 'MaxAbsScaler'] as const;

export type ScalerClass = (typeof SCALER_CLASSES)[number];

export function isScalerClass(name: string): name is ScalerClass {
  return (SCALER_CLASSES as readonly string[]).includes(name);
}

/** Where the scalers that compute (x - a) / b keep a and b, and the flags that switch them off. */
const QUOTIENTS = {
  StandardScaler: { mean: 'mean_', withMean: 'with_mean', scale: 'scale_', withScale: 'with_std' },
  RobustScaler: { mean: 'center_', withMean: 'with_centering', scale: 'scale_', withScale: 'with_scaling' },
  MaxAbsScaler: { mean: undefined, withMean: undefined, scale: 'scale_', withScale: undefined },
} as const;

/**
 * A fitted scaler from its attributes (features.md#41).
 * @throws NOT_SCALER, SCALER_VALUE
 */
export function fittedScaler(type: ScalerClass, attributes: PickleDict): FeatureScaler {
  return type === 'MinMaxScaler' ? product(attributes) : quotient(type, attributes);
}

/** scikit-learn subtracts and divides. */
function quotient(type: keyof typeof QUOTIENTS, attributes: PickleDict): FeatureScaler {
  const names = QUOTIENTS[type];
  const [withMean, withScale] = [names.withMean, names.withScale].map((name) => isOn(attributes, name));
  const mean = names.mean === undefined ? undefined : vector(attributes, names.mean);
  const scale = vector(attributes, names.scale);
  const features = featureCount(attributes) ?? (mean ?? scale)?.length;
  const lacksMean = names.mean !== undefined && withMean && mean === undefined;
  if (features === undefined || lacksMean || (withScale && scale === undefined)) throw notFitted(type);
  return checkQuotient({
    features,
    mean: withMean ? mean : undefined,
    scale: withScale ? scale : undefined,
    featureOrder: featureNames(attributes),
    // It has both also where it does not use the mean.
    training: type === 'StandardScaler' && mean && scale ? { mean, scale } : undefined,
  });
}

/** scikit-learn multiplies by scale_, adds min_ and, with `clip`, clips into feature_range. */
function product(attributes: PickleDict): FeatureScaler {
  const [factor, offset] = [vector(attributes, 'scale_'), vector(attributes, 'min_')];
  if (factor === undefined || offset === undefined) throw notFitted('MinMaxScaler');
  const clip = attributes.get('clip');
  return checkProduct({
    features: featureCount(attributes) ?? factor.length,
    factor,
    offset,
    // scikit-learn before 0.24 had no `clip`.
    clip: clip === true || clip === 1 ? featureRange(attributes) : undefined,
    featureOrder: featureNames(attributes),
  });
}

function featureRange(attributes: PickleDict): readonly [number, number] {
  const range = attributes.get('feature_range');
  const [low, high] = isTuple(range) || isList(range) ? range : [];
  if (typeof low === 'number' && typeof high === 'number' && low < high) return [low, high];
  throw notScaler(`clips into ${describe(range)} as feature_range, not into two numbers`);
}

function notFitted(type: ScalerClass) {
  return notScaler(`is a ${type} that was never fitted`);
}

/** On unless False or 0; an option that a class does not have is on. */
function isOn(attributes: PickleDict, name: string | undefined): boolean {
  const flag = name === undefined ? true : attributes.get(name);
  return flag !== false && flag !== 0;
}

function featureCount(attributes: PickleDict): number | undefined {
  const declared = attributes.get('n_features_in_');
  return typeof declared === 'number' ? declared : undefined;
}

function featureNames(attributes: PickleDict): readonly string[] | undefined {
  const names = attributes.get('feature_names_in_') ?? undefined;
  if (names === undefined) return undefined;
  const items = names instanceof NumpyArray ? names.items : undefined;
  if (!isStrings(items)) throw notScaler('has feature_names_in_ that are not texts');
  return items;
}

function vector(attributes: PickleDict, name: string): Float64Array | undefined {
  const value = attributes.get(name) ?? null;
  if (value === null) return undefined;
  const numbers = value instanceof NumpyArray ? toFloat64Vector(value) : undefined;
  if (numbers === undefined) throw notScaler(`has ${describe(value)} as ${name}, not a vector of numbers`);
  return numbers;
}
