import { PaperdeskError } from '../../errors.ts';
import type { MinMaxScaler, StandardScaler, TrainingMoments } from '../model-files.ts';

/** What all scalers have. */
interface Fitted {
  readonly features: number;
  readonly featureOrder: readonly string[] | undefined;
}

/** x -> (x - mean) / scale; without a mean it does not shift, without a scale it does not divide. */
export interface QuotientValues extends Fitted {
  readonly mean: Float64Array | undefined;
  readonly scale: Float64Array | undefined;
  readonly training: TrainingMoments | undefined;
}

/** x -> x * factor + offset. */
export interface ProductValues extends Fitted {
  readonly factor: Float64Array;
  readonly offset: Float64Array;
  readonly clip: readonly [low: number, high: number] | undefined;
}

/**
 * Checks the values of a scaler that subtracts and divides (features.md#42).
 * @throws SCALER_VALUE; NOT_SCALER when the values contradict each other
 */
export function checkQuotient(values: QuotientValues): StandardScaler {
  const { features, mean, scale, featureOrder, training } = values;
  checkLengths(features, { mean: mean ?? training?.mean, scale, 'feature names': featureOrder });
  const scaler = {
    mean: mean ?? new Float64Array(features),
    scale: scale ?? new Float64Array(features).fill(1),
    ...(featureOrder === undefined ? {} : { featureOrder }),
    ...(training === undefined ? {} : { training }),
  };
  checkFinite('mean', training?.mean ?? scaler.mean);
  checkPositive('scale', scaler.scale);
  return scaler;
}

/**
 * Checks the values of a scaler that multiplies and adds (features.md#42).
 * @throws SCALER_VALUE; NOT_SCALER when the values contradict each other
 */
export function checkProduct({ features, factor, offset, clip, featureOrder }: ProductValues): MinMaxScaler {
  checkLengths(features, { scale_: factor, min_: offset, 'feature names': featureOrder });
  checkPositive('scale_', factor);
  checkFinite('min_', offset);
  return {
    factor,
    offset,
    ...(clip === undefined ? {} : { clip }),
    ...(featureOrder === undefined ? {} : { featureOrder }),
  };
}

function checkLengths(
  features: number,
  lists: Readonly<Record<string, ArrayLike<unknown> | undefined>>,
): void {
  for (const [name, values] of Object.entries(lists)) {
    if (values !== undefined && values.length !== features) {
      throw notScaler(`was fitted on ${features} features, but has ${values.length} in its ${name}`);
    }
  }
}

function checkFinite(name: string, values: Float64Array): void {
  checkValues(name, values, (value) => Number.isFinite(value), 'a finite number');
}

function checkPositive(name: string, values: Float64Array): void {
  checkValues(name, values, (value) => Number.isFinite(value) && value > 0, 'a finite number above 0');
}

function checkValues(
  name: string,
  values: Float64Array,
  isValid: (value: number) => boolean,
  expected: string,
): void {
  const index = values.findIndex((value) => !isValid(value));
  if (index < 0) return;
  throw new PaperdeskError(
    'SCALER_VALUE',
    `The scaler's ${name} of feature ${index + 1} is ${values[index]}; ${expected} is needed.`,
  );
}

/** @param reason what follows "The scaler"; @param remedy what to do instead of the usual */
export function notScaler(reason: string, remedy?: string): PaperdeskError {
  const usual =
    'a fitted StandardScaler, MinMaxScaler, RobustScaler or MaxAbsScaler (by joblib or pickle) or JSON with mean and ' +
    'scale is needed';
  return new PaperdeskError('NOT_SCALER', `The scaler ${reason}; ${remedy ?? usual}.`);
}
