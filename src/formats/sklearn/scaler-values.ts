import { CORE_FEATURE_COUNT } from '../../dimensions.ts';
import { PaperdeskError } from '../../errors.ts';
import type { StandardScaler } from '../model-files.ts';

/** The parts of a scaler as a file gives them; without mean or scale it does not shift or stretch. */
export interface ScalerParts {
  readonly features: number;
  readonly mean: Float64Array | undefined;
  readonly scale: Float64Array | undefined;
  readonly featureOrder: readonly string[] | undefined;
}

/** @throws SCALER_FEATURES, SCALER_VALUE, NOT_SCALER when the parts contradict each other */
export function checkScaler({ features, mean, scale, featureOrder }: ScalerParts): StandardScaler {
  for (const [name, part] of Object.entries({ mean, scale, 'feature names': featureOrder })) {
    if (part !== undefined && part.length !== features) {
      throw notScaler(`was fitted on ${features} features, but has ${part.length} in its ${name}`);
    }
  }
  if (features !== CORE_FEATURE_COUNT) {
    throw new PaperdeskError(
      'SCALER_FEATURES',
      `The scaler was fitted on ${features} features; core28 has ${CORE_FEATURE_COUNT}.`,
    );
  }
  const scaler = {
    mean: mean ?? new Float64Array(CORE_FEATURE_COUNT),
    scale: scale ?? new Float64Array(CORE_FEATURE_COUNT).fill(1),
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
  isGood: (value: number) => boolean,
  expected: string,
): void {
  const index = values.findIndex((value) => !isGood(value));
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
