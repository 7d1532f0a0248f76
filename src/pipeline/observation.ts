import type { VecNormalizeStatistics } from '../formats/model-files.ts';
import { blockSizes, type ObservationBlock } from './observation-blocks.ts';
import type { Pipeline } from './pipeline.ts';

/** What an observation is made from. */
export interface ObservationInputs {
  /** The scaled features of the last candle. */
  readonly features: ArrayLike<number>;
  /** The 35 forecast features. */
  readonly forecast: ArrayLike<number>;
  /** The 9 account values. */
  readonly account: ArrayLike<number>;
}

const BLOCK_NAMES: Readonly<Record<ObservationBlock, string>> = {
  core: 'scaled features',
  forecast: 'forecast features',
  account: 'account values',
};

/**
 * What the policy observes before normalization: the blocks of the pipeline in their order, as float32
 * (forecast-and-policy.md#24, pipelines.md#12).
 * @throws RangeError for a wrong number of values
 */
export function observation(
  pipeline: Pick<Pipeline, 'features' | 'observation' | 'observationSize'>,
  { features, forecast, account }: ObservationInputs,
): Float32Array {
  const sizes = blockSizes(pipeline.features.length);
  const sources = { core: features, forecast, account };
  const result = new Float32Array(pipeline.observationSize);
  let next = 0;
  for (const block of pipeline.observation) {
    const values = sources[block];
    const size = sizes[block];
    if (values.length !== size)
      throw new RangeError(`An observation takes ${size} ${BLOCK_NAMES[block]}, not ${values.length}.`);
    for (let i = 0; i < size; i++) result[next++] = values[i]!;
  }
  return result;
}

/** Normalizes an observation as `VecNormalize` did in training, in float64, rounded to float32 (pipelines.md#17). */
export function normalizeObservation(
  values: Float32Array,
  statistics: VecNormalizeStatistics | undefined,
): Float32Array {
  const observations = statistics?.observations;
  if (observations === undefined) return values;
  const { mean, variance, epsilon, clip } = observations;
  return values.map((value, index) => {
    const normalized = (value - mean[index]!) / Math.sqrt(variance[index]! + epsilon);
    return Math.min(clip, Math.max(-clip, normalized));
  });
}
