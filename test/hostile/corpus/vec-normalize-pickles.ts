import type { ErrorCode } from '../../../src/errors.ts';
import { bytes, op, pickle } from '../../helper/pickle-assembler.ts';
import {
  float64Array,
  instance,
  runningMeanStd,
  writeVecNormalize,
} from '../../helper/vec-normalize-writer.ts';
import type { HostileFile } from './hostile-file.ts';

const VALUE: readonly ErrorCode[] = ['VEC_NORMALIZE_VALUE'];
const SHAPE: readonly ErrorCode[] = ['VEC_NORMALIZE_SHAPE'];
const KIND: readonly ErrorCode[] = ['NOT_VEC_NORMALIZE'];
const GLOBAL: readonly ErrorCode[] = ['PICKLE_FORBIDDEN_GLOBAL'];
const PICKLE: readonly ErrorCode[] = ['PICKLE_MALFORMED', 'PICKLE_LIMIT', 'NOT_VEC_NORMALIZE'];

const ones = (size: number) => new Array<number>(size).fill(1);

function statistics(mean: Buffer, variance: Buffer, count = op.float(10)): Buffer {
  return writeVecNormalize({ obs_rms: runningMeanStd({ mean, var: variance, count }) });
}

/** One of 72 numbers is replaced. */
function withNumber(which: 'mean' | 'var', value: number, at: number): Buffer {
  const numbers = ones(72);
  numbers[at] = value;
  const wrong = float64Array(numbers);
  const right = float64Array(ones(72));
  return which === 'mean' ? statistics(wrong, right) : statistics(right, wrong);
}

const NUMBERS: readonly (readonly [string, Buffer])[] = [
  ...[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].flatMap((value) =>
    [0, 1, 35, 71].flatMap((at) =>
      (['mean', 'var'] as const).map(
        (which) => [`${value} at ${at} of ${which}`, withNumber(which, value, at)] as [string, Buffer],
      ),
    ),
  ),
  ...[-1, -1e-300, -1e300].flatMap((value) =>
    [0, 71].map(
      (at) => [`a variance of ${value} at ${at}`, withNumber('var', value, at)] as [string, Buffer],
    ),
  ),
  ...[0, -1, Number.NaN, Number.NEGATIVE_INFINITY].map(
    (clip) => [`a clip of ${clip}`, writeVecNormalize({ clip_obs: op.float(clip) })] as [string, Buffer],
  ),
  ...[-1, 1, Number.NaN, Number.POSITIVE_INFINITY].map(
    (epsilon) =>
      [`an epsilon of ${epsilon}`, writeVecNormalize({ epsilon: op.float(epsilon) })] as [string, Buffer],
  ),
];

const SHAPES: readonly (readonly [string, Buffer])[] = [
  ...[
    [0, 1],
    [72, 71],
    [71, 72],
    [1, 72],
  ].map(
    ([mean, variance]) =>
      [
        `${mean} means and ${variance} variances`,
        statistics(float64Array(ones(mean!)), float64Array(ones(variance!))),
      ] as [string, Buffer],
  ),
  ...[[], [1, 72], [72, 1], [4, 18], [2, 3, 12], [1, 1, 1, 72]].map(
    (shape) =>
      [
        `observations of the shape [${shape}]`,
        statistics(float64Array(ones(shape.length === 0 ? 1 : 72), shape), float64Array(ones(72))),
      ] as [string, Buffer],
  ),
  ['a dict of observations', writeVecNormalize({ obs_rms: op.dict(op.text('a'), runningMeanStd({})) })],
  ['an empty dict of observations', writeVecNormalize({ obs_rms: op.emptyDict })],
];

/** What an attribute may not be. */
const WRONG_VALUES: readonly (readonly [string, Buffer])[] = [
  ['None', op.none],
  ['text', op.text('1')],
  ['bytes', op.binary(Buffer.from('1'))],
  ['a list', op.list(op.float(1))],
  ['a tuple', op.tuple(op.float(1))],
  ['a dict', op.dict(op.text('__proto__'), op.float(1))],
  ['a set', op.emptySet],
  ['a global', op.global('numpy', 'ndarray')],
  ['an array', float64Array([1])],
  ['a space', instance('gymnasium.spaces.box', 'Box', {})],
  ['a huge integer', op.long1(Buffer.alloc(200, 0x7f))],
];

function wrongAttributes(): (readonly [string, Buffer])[] {
  const right = float64Array(ones(72));
  const arrays = WRONG_VALUES.filter(([name]) => name !== 'an array');
  return [
    ...(['epsilon', 'clip_obs'] as const).flatMap((attribute) =>
      WRONG_VALUES.map(
        ([what, value]) => [`${attribute} as ${what}`, writeVecNormalize({ [attribute]: value })] as const,
      ),
    ),
    ...WRONG_VALUES.filter(([what]) => what !== 'None').map(
      ([what, value]) => [`norm_obs as ${what}`, writeVecNormalize({ norm_obs: value })] as const,
    ),
    ...arrays.flatMap(([what, value]) => [
      [`mean as ${what}`, statistics(value, right)] as const,
      [`var as ${what}`, statistics(right, value)] as const,
    ]),
    ...WRONG_VALUES.map(([what, value]) => [`count as ${what}`, statistics(right, right, value)] as const),
    ...WRONG_VALUES.filter(([what]) => what !== 'a dict').map(
      ([what, value]) => [`obs_rms as ${what}`, writeVecNormalize({ obs_rms: value })] as const,
    ),
    ...WRONG_VALUES.map(([what, value]) => [`${what} alone`, pickle(value)] as const),
  ];
}

/** Names of the libraries whose names are allowed, and of what else a training run could leave behind. */
const FORBIDDEN: readonly (readonly [string, string])[] = [
  ['stable_baselines3.common.vec_env.dummy_vec_env', 'DummyVecEnv'],
  ['stable_baselines3.common.vec_env.vec_normalize', 'os.system'],
  ['stable_baselines3.common.save_util', 'load_from_zip_file'],
  ['stable_baselines3.common.running_mean_std', 'np'],
  ['gymnasium.spaces.box', 'Box.__init__'],
  ['gymnasium.spaces.utils', 'flatten'],
  ['gym.spaces', 'Box'],
  ['gym.envs.registration', 'make'],
  ['numpy.random._pickle', '__import__'],
  ['numpy.random.mtrand', '_rand'],
  ['numpy', 'load'],
  ['numpy', 'fromfile'],
  ['numpy.core._internal', '_ctypes'],
  ['cloudpickle.cloudpickle', '_make_function'],
  ['cloudpickle', 'loads'],
  ['builtins', 'eval'],
  ['builtins', 'exec'],
  ['builtins', 'getattr'],
  ['operator', 'attrgetter'],
  ['functools', 'partial'],
  ['weakref', 'ref'],
  ['__main__', 'TradingEnv'],
];

function forbiddenNames(): (readonly [string, Buffer])[] {
  return FORBIDDEN.flatMap(([module, name]) => {
    const called = bytes(op.global(module, name), op.tuple(op.text('id')), op.reduce);
    const named = bytes(op.stackGlobal(module, name));
    return [
      [`${module}.${name} called`, writeVecNormalize({ venv: called })] as const,
      [`${module}.${name} named`, writeVecNormalize({ venv: named })] as const,
    ];
  });
}

/** `vec_normalize.pkl`. */
export function hostileVecNormalizes(): HostileFile[] {
  const whole = writeVecNormalize();
  const files = (entries: readonly (readonly [string, Buffer])[], codes: readonly ErrorCode[]) =>
    entries.map(([name, content]) => ({ name: `vec_normalize: ${name}`, bytes: content, codes }));
  return [
    ...files(NUMBERS, VALUE),
    ...files(SHAPES, [...SHAPE, ...KIND]),
    ...files(wrongAttributes(), [...KIND, ...SHAPE, ...VALUE]),
    ...files(forbiddenNames(), GLOBAL),
    ...files(
      Array.from({ length: 25 }, (_, index) => {
        const end = Math.floor((whole.length * (index + 1)) / 26);
        return [`its first ${end} bytes`, whole.subarray(0, end)] as const;
      }),
      PICKLE,
    ),
    ...files([['statistics of another size', writeVecNormalize({}, 73)]], ['OBSERVATION_SIZE']),
  ];
}
