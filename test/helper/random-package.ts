import { writeFileSync } from 'node:fs';
import { op } from './pickle-assembler.ts';
import { seededRandom, spread } from './random.ts';
import { policyData, policyTensors, writePolicy } from './sb3-writer.ts';
import {
  generatedTensor,
  patchTst,
  type TensorSpec,
  type TorchOptions,
  type WrittenDtype,
  writeTorchFile,
} from './torch-writer.ts';

/** The sizes of a forecaster of 28 features, 512 steps and a horizon of 192. */
export interface ForecasterShape {
  readonly dModel: number;
  readonly layers: number;
  readonly patchLength: number;
  readonly stride: number;
  readonly hidden: number;
  readonly feedForward?: number;
}

/** 116.5 million weights, 466 MB. */
export const PRODUCTION_SHAPE: ForecasterShape = {
  dModel: 128,
  layers: 3,
  patchLength: 16,
  stride: 8,
  hidden: 512,
};

const LOOKBACK = 512;

/** The tensors of a forecaster with seeded random weights as large as trained ones; they can be written once. */
export function forecasterTensors(
  { stride, ...sizes }: ForecasterShape,
  seed = 7,
  dtype: WrittenDtype = 'float32',
): Record<string, TensorSpec> {
  const { dModel, patchLength, feedForward = 4 * dModel } = sizes;
  const patches = Math.floor((LOOKBACK - patchLength) / stride) + 1;
  const random = seededRandom(seed);
  return Object.fromEntries(
    Object.entries(patchTst({ ...sizes, feedForward, patches })).map(([name, { shape }]) => {
      const { deviation, mean = 0 } = distributionOf(name, shape);
      return [name, generatedTensor(shape, spread(random, deviation, mean), dtype)];
    }),
  );
}

function distributionOf(name: string, shape: readonly number[]): { deviation: number; mean?: number } {
  if (name === 'pos_embed') return { deviation: 1 };
  if (/norm\d\.weight$/.test(name)) return { deviation: 0.05, mean: 1 };
  if (/norm\d\.bias$/.test(name)) return { deviation: 0.05 };
  const gain = name.startsWith('head.4.') ? 0.01 : 1;
  const isWeight = /weight$/.test(name);
  return { deviation: gain * (isWeight ? shape.at(-1)! ** -0.5 : 0.02) };
}

export interface ForecasterOptions {
  readonly seed?: number;
  readonly dtype?: WrittenDtype;
  readonly folder?: string;
  /** Before each name, such as `_orig_mod.`. */
  readonly prefix?: string;
  /** The key of a checkpoint that holds the state dict. */
  readonly wrapper?: string;
}

/** Writes a forecaster with random weights to `path`; takes a few megabytes of memory for any size. */
export function writeRandomForecaster(
  path: string,
  shape: ForecasterShape,
  { seed, dtype, folder = 'archive', prefix = '', wrapper }: ForecasterOptions = {},
): void {
  const tensors = Object.entries(forecasterTensors(shape, seed, dtype));
  const state = Object.fromEntries(tensors.map(([name, tensor]) => [prefix + name, tensor]));
  const wrap: Pick<TorchOptions, 'wrap'> =
    wrapper === undefined
      ? {}
      : { wrap: (dict) => op.dict(op.text('epoch'), op.int(7), op.text(wrapper), dict) };
  writeTorchFile(path, state, { folder, ...wrap });
}

export interface PolicyShape {
  readonly hidden: readonly number[];
  /** The name of the class in torch.nn.modules.activation. */
  readonly activation?: string;
}

/** Writes a stable-baselines3 archive with random weights to `path`. */
export function writeRandomPolicy(
  path: string,
  { hidden, activation = 'Tanh' }: PolicyShape = { hidden: [64, 64] },
  seed = 11,
): void {
  const random = seededRandom(seed);
  const tensors = Object.entries(policyTensors(hidden)).map(([name, { shape }]) => {
    const deviation = name === 'log_std' ? 0.3 : /weight$/.test(name) ? shape.at(-1)! ** -0.5 : 0.1;
    return [name, generatedTensor(shape, spread(random, deviation, name === 'log_std' ? -0.5 : 0))] as const;
  });
  const data = policyData({
    policy_kwargs: {
      ':type:': "<class 'dict'>",
      net_arch: { pi: hidden, vf: hidden },
      activation_fn: `<class 'torch.nn.modules.activation.${activation}'>`,
    },
  });
  writeFileSync(path, writePolicy(data, Object.fromEntries(tensors)));
}
