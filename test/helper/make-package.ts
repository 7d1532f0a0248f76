import { writeFileSync } from 'node:fs';
import { seededRandom, spread } from './random.ts';
import {
  type TensorToWrite,
  type TorchZipOptions,
  torchZipBytes,
  type WrittenDtype,
  writeTorchZip,
} from './torch-zip.ts';
import { zipBytes } from './zip-writer.ts';

/** What can be chosen of a forecaster; the rest follows from 28 features, 512 steps and a horizon of 192. */
export interface ForecasterShape {
  readonly dModel: number;
  readonly layers: number;
  readonly patchLength: number;
  readonly stride: number;
  readonly hidden: number;
  readonly feedForward?: number;
  readonly features?: number;
  readonly horizon?: number;
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

/** The tensors of a forecaster with seeded random weights of the size that training gives them. */
export function forecasterTensors(
  shape: ForecasterShape,
  seed = 7,
  dtype: WrittenDtype = 'float32',
): TensorToWrite[] {
  const { dModel, layers, patchLength, stride, hidden } = shape;
  const { feedForward = 4 * dModel, features = 28, horizon = 192 } = shape;
  const patches = Math.floor((LOOKBACK - patchLength) / stride) + 1;
  const flat = features * patches * dModel;
  const random = seededRandom(seed);
  const tensor = (name: string, dims: number[], deviation: number, mean = 0): TensorToWrite => ({
    name,
    shape: dims,
    dtype,
    next: spread(random, deviation, mean),
  });
  const linear = (name: string, outputs: number, inputs: number, gain = 1): TensorToWrite[] => [
    tensor(`${name}.weight`, [outputs, inputs], gain * inputs ** -0.5),
    tensor(`${name}.bias`, [outputs], 0.02 * gain),
  ];
  const norm = (name: string): TensorToWrite[] => [
    tensor(`${name}.weight`, [dModel], 0.05, 1),
    tensor(`${name}.bias`, [dModel], 0.05),
  ];
  const encoder = Array.from({ length: layers }, (_, layer) => `encoder.layers.${layer}`).flatMap((layer) => [
    tensor(`${layer}.self_attn.in_proj_weight`, [3 * dModel, dModel], dModel ** -0.5),
    tensor(`${layer}.self_attn.in_proj_bias`, [3 * dModel], 0.02),
    ...linear(`${layer}.self_attn.out_proj`, dModel, dModel),
    ...linear(`${layer}.linear1`, feedForward, dModel),
    ...linear(`${layer}.linear2`, dModel, feedForward),
    ...norm(`${layer}.norm1`),
    ...norm(`${layer}.norm2`),
  ]);
  return [
    tensor('pos_embed', [1, 1, patches, dModel], 1),
    ...linear('patch_embed.project', dModel, patchLength),
    ...encoder,
    ...linear('head.1', hidden, flat),
    ...linear('head.4', 3 * horizon, hidden, 0.01),
  ];
}

/** Writes a forecaster with random weights to `path`; takes a few megabytes of memory for any size. */
export function writeForecaster(
  path: string,
  shape: ForecasterShape,
  options: TorchZipOptions & { seed?: number; dtype?: WrittenDtype } = {},
): void {
  writeTorchZip(path, forecasterTensors(shape, options.seed, options.dtype), options);
}

export interface PolicyShape {
  readonly hidden: readonly number[];
  readonly observations?: number;
  readonly actions?: number;
  /** The name of the class in torch.nn.modules.activation. */
  readonly activation?: string;
}

/** The tensors of a policy with seeded random weights, the value network left out. */
function policyTensors({ hidden, observations = 72, actions = 5 }: PolicyShape, seed = 11): TensorToWrite[] {
  const random = seededRandom(seed);
  const linear = (name: string, outputs: number, inputs: number): TensorToWrite[] => [
    { name: `${name}.weight`, shape: [outputs, inputs], next: spread(random, inputs ** -0.5) },
    { name: `${name}.bias`, shape: [outputs], next: spread(random, 0.1) },
  ];
  return [
    { name: 'log_std', shape: [actions], next: spread(random, 0.3, -0.5) },
    ...hidden.flatMap((width, index) =>
      linear(`mlp_extractor.policy_net.${2 * index}`, width, hidden[index - 1] ?? observations),
    ),
    ...linear('action_net', actions, hidden.at(-1) ?? observations),
  ];
}

/** Writes a stable-baselines3 archive with a random policy to `path`. */
export function writePolicy(path: string, shape: PolicyShape = { hidden: [64, 64] }, seed?: number): void {
  const { hidden, observations = 72, actions = 5, activation = 'Tanh' } = shape;
  const box = (size: number, bound: string) => ({
    ':type:': "<class 'gymnasium.spaces.box.Box'>",
    dtype: 'float32',
    _shape: [size],
    low: `[${Array(size).fill(`-${bound}`).join(' ')}]`,
    high: `[${Array(size).fill(bound).join(' ')}]`,
    low_repr: bound === 'inf' ? '-inf' : '-1.0',
    high_repr: bound === 'inf' ? 'inf' : '1.0',
  });
  const data = {
    policy_class: { ':type:': "<class 'abc.ABCMeta'>", __module__: 'stable_baselines3.common.policies' },
    policy_kwargs: {
      ':type:': "<class 'dict'>",
      net_arch: { pi: hidden, vf: hidden },
      activation_fn: `<class 'torch.nn.modules.activation.${activation}'>`,
    },
    use_sde: false,
    observation_space: box(observations, 'inf'),
    action_space: box(actions, '1.'),
  };
  const members = [
    { name: 'data', bytes: Buffer.from(JSON.stringify(data)) },
    { name: 'pytorch_variables.pth', bytes: torchZipBytes([]) },
    { name: 'policy.pth', bytes: torchZipBytes(policyTensors(shape, seed)) },
    { name: 'policy.optimizer.pth', bytes: torchZipBytes([]) },
    { name: '_stable_baselines3_version', bytes: Buffer.from('2.3.0') },
    { name: 'system_info.txt', bytes: Buffer.from('- Stable-Baselines3: 2.3.0\n') },
  ];
  writeFileSync(
    path,
    zipBytes(
      members.map(({ name, bytes }) => ({ name, content: [bytes] })),
      1,
    ),
  );
}
