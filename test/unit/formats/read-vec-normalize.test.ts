import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { memoryReader } from '../../../src/formats/byte-reader.ts';
import { readVecNormalize } from '../../../src/formats/sb3/read-vec-normalize.ts';
import { bytes, op, pickle } from '../../helper/pickle-assembler.ts';
import { expectRefusal } from '../../helper/refusal.ts';
import {
  float64Array,
  instance,
  runningMeanStd,
  writeVecNormalize,
} from '../../helper/vec-normalize-writer.ts';

const read = (file: Buffer) => readVecNormalize(memoryReader(file));

describe('the file of VecNormalize.save', () => {
  test('has mean, variance, epsilon and clip of the observations', async () => {
    const path = new URL('../../fixtures/packages/zeta/vec_normalize.pkl', import.meta.url);
    const { observations } = await read(readFileSync(path));
    expect(observations).toMatchObject({ epsilon: 1e-8, clip: 10, count: 4609.0001 });
    expect(observations?.mean).toHaveLength(72);
    expect(observations?.variance).toHaveLength(72);
    expect(observations?.mean[0]).toBeCloseTo(-0.0021, 4);
  });

  test('may leave observations as they are', async () => {
    expect(await read(writeVecNormalize({ norm_obs: op.false, obs_rms: undefined }))).toEqual({
      observations: undefined,
    });
  });

  test('may hold numbers as numpy scalars', async () => {
    const float64 = bytes(
      op.global('numpy', 'dtype'),
      op.tuple(op.text('f8'), op.false, op.true),
      op.reduce,
      op.tuple(op.int(3), op.text('<'), op.none, op.none, op.none, op.int(-1), op.int(-1), op.int(0)),
      op.build,
    );
    const five = Buffer.alloc(8);
    five.writeDoubleLE(5);
    const scalar = bytes(
      op.global('numpy._core.multiarray', 'scalar'),
      op.tuple(float64, op.binary(five)),
      op.reduce,
    );
    expect((await read(writeVecNormalize({ clip_obs: scalar }))).observations?.clip).toBe(5);
  });

  test.each(['gym', 'gymnasium'])('may describe spaces of %s with their random state', async (library) => {
    const generator = bytes(
      op.global('numpy.random._pickle', '__generator_ctor'),
      op.tuple(op.text('PCG64'), op.global('numpy.random._pickle', '__bit_generator_ctor')),
      op.reduce,
      op.dict(op.text('bit_generator'), op.text('PCG64')),
      op.build,
    );
    const box = instance(`${library}.spaces.box`, 'Box', {
      _shape: op.tuple(op.int(72)),
      _np_random: generator,
    });
    const file = writeVecNormalize({ observation_space: box });
    expect((await read(file)).observations?.mean).toHaveLength(72);
  });
});

describe('a VecNormalize is refused', () => {
  const numbers = (mean: readonly number[], variance: readonly number[], shape?: readonly number[]) =>
    writeVecNormalize({
      obs_rms: runningMeanStd({
        mean: float64Array(mean, shape),
        var: float64Array(variance, shape),
        count: op.float(1),
      }),
    });

  test.each([
    ['an empty file', Buffer.alloc(0), 'FILE_EMPTY', /0 bytes/],
    [
      'a scaler',
      pickle(op.int(1)),
      'NOT_VEC_NORMALIZE',
      /contains a number; the file that VecNormalize.save/,
    ],
    [
      'without statistics',
      writeVecNormalize({ obs_rms: undefined }),
      'NOT_VEC_NORMALIZE',
      /nothing as obs_rms/,
    ],
    [
      'a dict of observations',
      writeVecNormalize({ obs_rms: op.dict(op.text('price'), runningMeanStd({})) }),
      'VEC_NORMALIZE_SHAPE',
      /1 entries of a dict/,
    ],
    [
      'stacked observations',
      numbers([0, 0, 0, 0], [1, 1, 1, 1], [2, 2]),
      'VEC_NORMALIZE_SHAPE',
      /shape \[2, 2\]/,
    ],
    ['more means than variances', numbers([0, 0], [1]), 'VEC_NORMALIZE_SHAPE', /2 means and 1 variances/],
    ['a mean that is no number', numbers([Number.NaN], [1]), 'VEC_NORMALIZE_VALUE', /obs_rms.mean\[0\]/],
    ['a negative variance', numbers([0], [-1]), 'VEC_NORMALIZE_VALUE', /-1 as obs_rms.var\[0\]/],
    ['a clip of 0', writeVecNormalize({ clip_obs: op.float(0) }), 'VEC_NORMALIZE_VALUE', /0 as clip_obs/],
    [
      'a negative epsilon',
      writeVecNormalize({ epsilon: op.float(-1) }),
      'VEC_NORMALIZE_VALUE',
      /-1 as epsilon/,
    ],
    [
      'an epsilon of text',
      writeVecNormalize({ epsilon: op.text('1e-8') }),
      'NOT_VEC_NORMALIZE',
      /a string as epsilon/,
    ],
    [
      'a flag of text',
      writeVecNormalize({ norm_obs: op.text('yes') }),
      'NOT_VEC_NORMALIZE',
      /a string as norm_obs/,
    ],
    [
      'code',
      writeVecNormalize({ gamma: bytes(op.global('os', 'system'), op.tuple(op.text('id')), op.reduce) }),
      'PICKLE_FORBIDDEN_GLOBAL',
      /os.system/,
    ],
    [
      'another class',
      writeVecNormalize({ venv: op.global('stable_baselines3.common.vec_env.dummy_vec_env', 'DummyVecEnv') }),
      'PICKLE_FORBIDDEN_GLOBAL',
      /DummyVecEnv/,
    ],
  ] as const)('%s', async (_name, file, code, text) => {
    await expectRefusal(() => read(file), code, text);
  });
});
