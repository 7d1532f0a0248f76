import { PaperdeskError } from '../../errors.ts';
import type { StandardScaler } from '../model-files.ts';

/** The values of a scaler file; without a mean it does not shift, without a scale it does not divide. */
export interface ScalerValues {
  readonly features: number;
  readonly mean: Float64Array | undefined;
  readonly scale: Float64Array | undefined;
  readonly featureOrder: readonly string[] | undefined;
}

/**
 * Checks the values of a scaler file (features.md#42).
 * @throws SCALER_VALUE; NOT_SCALER when the values contradict each other
 */
export function checkScaler({ features, mean, scale, featureOrder }: ScalerValues): StandardScaler {
  for (const [name, values] of Object.entries({ mean, scale, 'feature names': featureOrder })) {
    if (values !== undefined && values.length !== features) {
      throw notScaler(`was fitted on ${features} features, but has ${values.length} in its ${name}`);
    }
  }
  const scaler = {
    mean: mean ?? new Float64Array(features),
    scale: scale ?? new Float64Array(features).fill(1),
    ...(featureOrder === undefined ? {} : { featureOrder }),
  };
  checkValues('mean', scaler.mean, (value) => Number.isFinite(value), 'a finite number');
  checkValues(
    'scale',
    scaler.scale,
    (value) => Number.isFinite(value) && value > 0,
    'a finite number above 0',
  );
  return scaler;
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

export function notScaler(reason: string): PaperdeskError {
  return new PaperdeskError(
    'NOT_SCALER',
    `The scaler ${reason}; a fitted StandardScaler (by joblib or pickle) or JSON with mean and scale is needed.`,
  );
}
