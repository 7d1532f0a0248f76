import { bytes, op, pickle } from './pickle-assembler.ts';

/** A numpy array of float64 as a pickle has it. */
export function float64Array(values: readonly number[], shape: readonly number[] = [values.length]): Buffer {
  const content = Buffer.alloc(values.length * 8);
  values.forEach((value, index) => {
    content.writeDoubleLE(value, index * 8);
  });
  const dtype = bytes(
    op.global('numpy', 'dtype'),
    op.tuple(op.text('f8'), op.false, op.true),
    op.reduce,
    op.tuple(op.int(3), op.text('<'), op.none, op.none, op.none, op.int(-1), op.int(-1), op.int(0)),
    op.build,
  );
  return bytes(
    op.global('numpy.core.multiarray', '_reconstruct'),
    op.tuple(op.global('numpy', 'ndarray'), op.tuple(op.int(0)), op.binary(Buffer.from('b'))),
    op.reduce,
    op.tuple(op.int(1), op.tuple(...shape.map(op.int)), dtype, op.false, op.binary(content)),
    op.build,
  );
}

/** An instance of a class with these attributes. */
export function instance(module: string, name: string, attributes: Readonly<Record<string, Buffer>>): Buffer {
  const items = Object.entries(attributes).flatMap(([key, value]) => [op.text(key), value]);
  return bytes(op.global(module, name), op.emptyTuple, op.newObject, op.dict(...items), op.build);
}

const RUNNING_MEAN_STD = ['stable_baselines3.common.running_mean_std', 'RunningMeanStd'] as const;

export function runningMeanStd(attributes: Readonly<Record<string, Buffer>>): Buffer {
  return instance(...RUNNING_MEAN_STD, attributes);
}

/** The file of `VecNormalize.save`, with some attributes replaced; undefined leaves one out. */
export function writeVecNormalize(
  changes: Readonly<Record<string, Buffer | undefined>> = {},
  size = 72,
): Buffer {
  const attributes: Record<string, Buffer | undefined> = {
    num_envs: op.int(1),
    norm_obs: op.true,
    obs_rms: runningMeanStd({
      mean: float64Array(new Array(size).fill(0)),
      var: float64Array(new Array(size).fill(1)),
      count: op.float(1000.0001),
    }),
    clip_obs: op.float(10),
    epsilon: op.float(1e-8),
    ...changes,
  };
  const present = Object.entries(attributes).filter(
    (entry): entry is [string, Buffer] => entry[1] !== undefined,
  );
  return pickle(
    instance('stable_baselines3.common.vec_env.vec_normalize', 'VecNormalize', Object.fromEntries(present)),
  );
}
