import { ACTION_SIZE } from '../../dimensions.ts';
import { PaperdeskError } from '../../errors.ts';
import { type ByteReader, checkNotEmpty } from '../byte-reader.ts';
import { listText, quoteName } from '../error-text.ts';
import { FOREIGN_HEAD_BYTES, foreignArchive, foreignKind } from '../foreign-files.ts';
import { parseJsonObject } from '../json.ts';
import type { DenseLayer, PolicyFile, StateDict, TorchTensor, ZipEntry } from '../model-files.ts';
import { checkWeightsFinite } from '../torch/check-weights.ts';
import { readStateDict, type TorchRole } from '../torch/read-state-dict.ts';
import { readTensor } from '../torch/read-tensor.ts';
import { countWeights, expectShape, selectWeights, shapeError } from '../torch/select-weights.ts';
import { withoutOuterFolder, withoutSystemFiles } from '../zip/archive-members.ts';
import { entryReader, readEntry, readZip, startsLikeZip } from '../zip/zip.ts';
import { refuseTensorsOfOthers } from './algorithm.ts';
import { checkActionSize, describePolicy, type PolicyDescription } from './policy-data.ts';
import { stateNoiseStd } from './state-noise.ts';
import { unsupported } from './unsupported.ts';

const WHAT = 'The policy';
const MAX_DATA_BYTES = 8 * 2 ** 20;
const MAX_SEARCHED_BYTES = 2 ** 20;
// The limits of forecast-and-policy.md#26; as float32 so many weights take 64 MiB.
const MAX_LAYERS = 32;
const MAX_PARAMETERS = 2 ** 24;

const POLICY_ROLE: TorchRole = {
  what: "The policy's policy.pth",
  notTorch: 'NOT_SB3',
  notStateDict: 'NOT_SB3',
  pickledModule: 'POLICY_UNSUPPORTED',
  torchScript: 'POLICY_UNSUPPORTED',
  legacyFormat: 'POLICY_UNSUPPORTED',
};

const HIDDEN = /^mlp_extractor\.policy_net\.(\d{1,4})\.(?:weight|bias)$/;
const VALUE_NETWORK = /^(?:mlp_extractor\.value_net|value_net|vf_features_extractor)\./;

/** What a policy archive says, also where the service cannot compute with it. */
export interface PolicyInspection {
  /** Undefined with faults. */
  readonly policy: PolicyFile | undefined;
  /** Numbers of an observation, where they are known. */
  readonly observationSize: number | undefined;
  /** The algorithm first, then the action space, then sizes and options. */
  readonly faults: readonly PaperdeskError[];
}

/**
 * Reads the actor of a stable-baselines3 PPO or A2C archive, or everything that is wrong with it.
 * @throws NOT_SB3, JSON_MALFORMED, ZIP_*, and what the tensors of a policy without other faults are refused for
 */
export async function inspectPolicy(reader: ByteReader): Promise<PolicyInspection> {
  const entries = await openArchive(reader);
  const dataBytes = await readEntry(reader, entries.data, MAX_DATA_BYTES);
  const description = describePolicy(parseJsonObject(dataBytes, "The policy's data"));
  const { faults, observationSize } = description;
  if (faults.length > 0) return { policy: undefined, observationSize, faults };
  const policy = await readActor(await entryReader(reader, entries.policy), description);
  return { policy, observationSize: policy.observationSize, faults };
}

/**
 * Reads the actor of a stable-baselines3 PPO or A2C archive: `data` for the spaces and the activation, `policy.pth` for
 * the weights (forecast-and-policy.md#25, forecast-and-policy.md#26).
 * @throws NOT_SB3, OBSERVATION_SIZE, ACTION_SPACE, ACTION_SIZE, POLICY_UNSUPPORTED, TENSOR_*, WEIGHT_NOT_FINITE, ZIP_*
 */
export async function readPolicy(reader: ByteReader): Promise<PolicyFile> {
  const { policy, faults } = await inspectPolicy(reader);
  if (policy === undefined) throw faults[0]!;
  return policy;
}

/** @param reader of policy.pth */
async function readActor(reader: ByteReader, description: PolicyDescription): Promise<PolicyFile> {
  const state = await readStateDict(reader, POLICY_ROLE);
  refuseTensorsOfOthers(state.keys());
  const depth = countLayers(state);
  refuseUnknownTensors(state);
  const names = [...Array(depth).keys()].map((i) => `mlp_extractor.policy_net.${2 * i}`);
  const weights = selectWeights(
    state,
    [...names, 'action_net'].flatMap((name) => [`${name}.weight`, `${name}.bias`]).concat('log_std'),
    WHAT,
  );
  checkShapes(weights, names, description);
  countWeights(weights, MAX_PARAMETERS, WHAT);
  await checkWeightsFinite(reader, weights);

  const hidden: DenseLayer[] = [];
  for (const name of names) hidden.push(await readLayer(reader, weights, name));
  const output = await readLayer(reader, weights, 'action_net');
  const logStd = await readTensor(reader, weights.get('log_std') as TorchTensor);
  const { activation, stateNoise } = description;
  return {
    ...{ activation, hidden, output },
    ...(stateNoise === undefined
      ? { logStd }
      : { logStd: new Float32Array(), stateNoise: stateNoiseStd(logStd, ACTION_SIZE, stateNoise) }),
    observationSize: (hidden[0] ?? output).inputs,
    actionSize: ACTION_SIZE,
  };
}

async function openArchive(reader: ByteReader): Promise<{ data: ZipEntry; policy: ZipEntry }> {
  checkNotEmpty(reader, 'The policy');
  if (!(await startsLikeZip(reader))) throw notSb3(await withoutZip(reader));
  const entries = withoutSystemFiles(await readZip(reader));
  const members = withoutOuterFolder(entries);
  const data = members.get('data');
  const policy = members.get('policy.pth');
  if (data !== undefined && policy !== undefined) return { data, policy };
  const foreign = policy === undefined ? foreignArchive(entries.keys()) : undefined;
  throw notSb3(`it ${foreign ?? 'has no members named data and policy.pth'}`);
}

/** stable-baselines 2 also saved plain pickles. */
async function withoutZip(reader: ByteReader): Promise<string> {
  const head = Buffer.from(await reader.read(0, Math.min(reader.size, MAX_SEARCHED_BYTES)));
  if (head[0] === 0x80 && head.includes('stable_baselines')) {
    const isOf3 = head.includes('stable_baselines3');
    return isOf3
      ? 'it is a pickle of an object'
      : 'it is a pickle of stable-baselines 2, which is TensorFlow';
  }
  const kind = foreignKind(head.subarray(0, FOREIGN_HEAD_BYTES));
  return kind === undefined ? 'it does not start like a zip container' : `it is ${kind}`;
}

/** Number of hidden layers. Linear layers have even numbers; the activations between them have no weights. */
function countLayers(state: StateDict): number {
  let depth = 0;
  for (const name of state.keys()) {
    const match = HIDDEN.exec(name);
    if (match === null) continue;
    const number = Number(match[1]);
    if (number % 2 !== 0)
      throw unsupported(`has weights in layer ${number} of its policy net, where an activation is expected`);
    depth = Math.max(depth, number / 2 + 1);
  }
  if (depth > MAX_LAYERS) throw unsupported(`has ${depth} hidden layers (more than ${MAX_LAYERS})`);
  return depth;
}

function refuseUnknownTensors(state: StateDict): void {
  for (const name of state.keys()) {
    if (HIDDEN.test(name) || VALUE_NETWORK.test(name)) continue;
    if (['log_std', 'action_net.weight', 'action_net.bias'].includes(name)) continue;
    if (name.startsWith('sde_features_extractor.')) {
      throw unsupported('has layers for its noise alone (sde_net_arch)');
    }
    if (name.startsWith('mlp_extractor.shared_net.')) {
      throw unsupported(
        'has layers that policy and value network share (net_arch before stable-baselines3 1.8)',
      );
    }
    throw unsupported(`has the tensor ${quoteName(name)}, which is not part of a plain MLP`);
  }
}

function checkShapes(
  weights: StateDict,
  names: readonly string[],
  { observationSize, hidden: declared, stateNoise }: PolicyDescription,
): void {
  let inputs: number | undefined;
  for (const name of [...names, 'action_net']) {
    const { shape } = weights.get(`${name}.weight`) as TorchTensor;
    const [outputs = 0, columns = 0] = shape;
    if (shape.length !== 2 || outputs === 0) throw shapeError(`${name}.weight`, shape, '[outputs, inputs]');
    if (inputs === undefined && observationSize !== undefined && columns !== observationSize) {
      throw new PaperdeskError(
        'OBSERVATION_SIZE',
        `The policy expects ${observationSize} observations (observation_space in its data), but its weights take ` +
          `${columns} (the shape of ${name}.weight).`,
      );
    }
    if (inputs !== undefined && columns !== inputs)
      throw shapeError(`${name}.weight`, shape, `[outputs, ${inputs}]`);
    if (name === 'action_net') checkActionSize(outputs, `the shape of ${name}.weight`);
    expectShape(weights, `${name}.bias`, [outputs]);
    inputs = outputs;
  }
  const latent = (weights.get('action_net.weight') as TorchTensor).shape[1] as number;
  const noise = stateNoise && [latent, stateNoise.isFull ? ACTION_SIZE : 1];
  expectShape(weights, 'log_std', noise ?? [ACTION_SIZE]);
  const widths = names.map((name) => (weights.get(`${name}.weight`) as TorchTensor).shape[0]);
  if (declared !== undefined && widths.join() !== declared.join()) {
    throw new PaperdeskError(
      'TENSOR_SHAPE',
      `The policy's hidden layers have the widths [${widths.join(', ')}] in policy.pth, but ${listText(declared)} in its data.`,
    );
  }
}

async function readLayer(reader: ByteReader, weights: StateDict, name: string): Promise<DenseLayer> {
  const weight = weights.get(`${name}.weight`) as TorchTensor;
  return {
    outputs: weight.shape[0] as number,
    inputs: weight.shape[1] as number,
    weight: await readTensor(reader, weight),
    bias: await readTensor(reader, weights.get(`${name}.bias`) as TorchTensor),
  };
}

function notSb3(reason: string): PaperdeskError {
  return new PaperdeskError(
    'NOT_SB3',
    `The policy is not a stable-baselines3 archive: ${reason}; save it with model.save(path).`,
  );
}
