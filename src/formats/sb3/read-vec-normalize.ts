import { PaperdeskError } from '../../errors.ts';
import { type ByteReader, checkNotEmpty } from '../byte-reader.ts';
import { listText } from '../error-text.ts';
import type { ObservationStatistics, VecNormalizeStatistics } from '../model-files.ts';
import { NUMPY_GLOBALS, NumpyArray, toFloat64Vector } from '../numpy/numpy.ts';
import { readPickle } from '../pickle/pickle.ts';
import { forNames, instanceOf, PLAIN_GLOBALS, TRAINING_STATE_GLOBALS } from '../pickle/pickle-globals.ts';
import type { PickleKind } from '../pickle/pickle-machine.ts';
import {
  type AllowedGlobal,
  allowList,
  describe,
  type PickleDict,
  PickleInstance,
  PickleObject,
  type PickleValue,
} from '../pickle/pickle-values.ts';

const WHAT = 'vec_normalize';
const MAX_BYTES = 16 * 2 ** 20;
const VEC_NORMALIZE = 'VecNormalize';
const RUNNING_MEAN_STD = 'RunningMeanStd';

/** The state of a random generator: part of a space, and nothing that a decision needs. */
class RandomState extends PickleObject {
  readonly typeName = 'numpy random state';

  override build(): PickleValue {
    return this;
  }
}

const RANDOM_STATE: AllowedGlobal = { call: () => new RandomState() };

/** gym and its successor, gymnasium, have the same spaces. */
const SPACE_GLOBALS = Object.fromEntries(
  ['gym', 'gymnasium'].flatMap((library) =>
    [
      ['box', 'Box'],
      ['discrete', 'Discrete'],
      ['dict', 'Dict'],
      ['multi_discrete', 'MultiDiscrete'],
      ['multi_binary', 'MultiBinary'],
      ['tuple', 'Tuple'],
    ].map(([module, name]) => [`${library}.spaces.${module} ${name}`, instanceOf(`${name} space`)]),
  ),
);

const VEC_NORMALIZE_GLOBALS = allowList(PLAIN_GLOBALS, TRAINING_STATE_GLOBALS, NUMPY_GLOBALS, SPACE_GLOBALS, {
  'stable_baselines3.common.vec_env.vec_normalize VecNormalize': instanceOf(VEC_NORMALIZE),
  'stable_baselines3.common.running_mean_std RunningMeanStd': instanceOf(RUNNING_MEAN_STD),
  'numpy.random._pickle __randomstate_ctor': RANDOM_STATE,
  'numpy.random._pickle __generator_ctor': RANDOM_STATE,
  'numpy.random._pickle __bit_generator_ctor': RANDOM_STATE,
  // Newer numpy also names the class of the generator and keeps its seed.
  ...forNames(
    'numpy.random.',
    ['_pcg64 PCG64', '_pcg64 PCG64DXSM', '_mt19937 MT19937', '_philox Philox', '_sfc64 SFC64'],
    {},
  ),
  'numpy.random.bit_generator SeedSequence': {},
  'numpy.random.bit_generator __pyx_unpickle_SeedSequence': RANDOM_STATE,
});

const KIND: PickleKind = {
  what: WHAT,
  globals: VEC_NORMALIZE_GLOBALS,
  remedy: 'Upload the file that VecNormalize.save(path) wrote.',
  limits: { bytes: MAX_BYTES },
};

/**
 * Reads the file that `VecNormalize.save` of stable-baselines3 wrote (pipelines.md#17).
 * @throws FILE_EMPTY, NOT_VEC_NORMALIZE, VEC_NORMALIZE_SHAPE, VEC_NORMALIZE_VALUE, PICKLE_*
 */
export async function readVecNormalize(reader: ByteReader): Promise<VecNormalizeStatistics> {
  checkNotEmpty(reader, WHAT);
  if (reader.size > MAX_BYTES)
    throw notVecNormalize(`has ${reader.size} bytes; at most ${MAX_BYTES} are accepted`);
  const value = readPickle(await reader.read(0, reader.size), KIND);
  if (!(value instanceof PickleInstance) || value.typeName !== VEC_NORMALIZE)
    throw notVecNormalize(`contains ${describe(value)}`);
  const { attributes } = value;
  // Versions without this flag always normalized.
  const isNormalizing = attributes.get('norm_obs') ?? true;
  if (typeof isNormalizing !== 'boolean') throw notVecNormalize(`has ${describe(isNormalizing)} as norm_obs`);
  return { observations: isNormalizing ? readObservationStatistics(attributes) : undefined };
}

function readObservationStatistics(attributes: PickleDict): ObservationStatistics {
  const running = attributes.get('obs_rms');
  if (running instanceof Map) {
    throw shapeError(
      `normalizes the ${running.size} entries of a dict of observations (a Dict space); one list of numbers is needed`,
    );
  }
  if (!(running instanceof PickleInstance) || running.typeName !== RUNNING_MEAN_STD)
    throw notVecNormalize(`has ${describe(running)} as obs_rms`);
  const mean = vector(running.attributes, 'mean');
  const variance = vector(running.attributes, 'var');
  if (mean.length !== variance.length)
    throw shapeError(`has ${mean.length} means and ${variance.length} variances`);
  const epsilon = number(attributes, 'epsilon');
  const clip = number(attributes, 'clip_obs');
  const count = number(running.attributes, 'count');
  check('epsilon', epsilon, epsilon >= 0 && epsilon < 1, 'a number from 0 to below 1');
  check('clip_obs', clip, clip > 0, 'a number above 0');
  for (let i = 0; i < mean.length; i++) {
    check(`obs_rms.mean[${i}]`, mean[i]!, Number.isFinite(mean[i]), 'a finite number');
    const spread = variance[i]! + epsilon;
    check(
      `obs_rms.var[${i}]`,
      variance[i]!,
      Number.isFinite(spread) && spread > 0 && variance[i]! >= 0,
      'a finite variance',
    );
  }
  return { mean, variance, epsilon, clip, count };
}

function vector(attributes: PickleDict, name: string): Float64Array {
  const value = attributes.get(name);
  if (!(value instanceof NumpyArray)) throw notVecNormalize(`has ${describe(value)} as obs_rms.${name}`);
  if (value.shape.length !== 1) {
    throw shapeError(
      `was fitted on observations of the shape ${listText(value.shape)} (obs_rms.${name}); a list of numbers, such as [72], ` +
        'is needed',
    );
  }
  const numbers = toFloat64Vector(value);
  if (numbers === undefined) throw notVecNormalize(`has no real numbers as obs_rms.${name}`);
  return numbers;
}

function number(attributes: PickleDict, name: string): number {
  const value = attributes.get(name);
  if (typeof value !== 'number') throw notVecNormalize(`has ${describe(value)} as ${name}`);
  return value;
}

function check(name: string, value: number, isValid: boolean, expected: string): void {
  if (isValid) return;
  throw new PaperdeskError('VEC_NORMALIZE_VALUE', `${WHAT} has ${value} as ${name}; ${expected} is needed.`);
}

function shapeError(reason: string): PaperdeskError {
  return new PaperdeskError('VEC_NORMALIZE_SHAPE', `${WHAT} ${reason}.`);
}

function notVecNormalize(reason: string): PaperdeskError {
  return new PaperdeskError(
    'NOT_VEC_NORMALIZE',
    `${WHAT} ${reason}; the file that VecNormalize.save(path) wrote is needed.`,
  );
}
