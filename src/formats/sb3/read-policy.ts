import { ACTION_SIZE } from '../../dimensions.ts';
import { PaperdeskError } from '../../errors.ts';
import { type ByteReader, checkNotEmpty } from '../byte-reader.ts';
import { listText, quoteName } from '../error-text.ts';
import { parseJsonObject } from '../json.ts';
import type { DenseLayer, PolicyFile, StateDict, TorchTensor, ZipEntry } from '../model-files.ts';
import { checkWeightsFinite } from '../torch/check-weights.ts';
import { readStateDict, type TorchRole } from '../torch/read-state-dict.ts';
import { readTensor } from '../torch/read-tensor.ts';
import { countWeights, expectShape, selectWeights, shapeError } from '../torch/select-weights.ts';
import { entryReader, readEntry, readZip, startsLikeZip } from '../zip/zip.ts';
import { checkActionSize, describePolicy, type PolicyDescription, unsupported } from './policy-data.ts';

const WHAT = 'The policy';
const MAX_DATA_BYTES = 8 * 2 ** 20;
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

/**
 * Reads the actor of a stable-baselines3 PPO archive: `data` for the spaces and the activation, `policy.pth` for the
 * weights (forecast-and-policy.md#25, forecast-and-policy.md#26).
 * @throws NOT_SB3, OBSERVATION_SIZE, ACTION_SPACE, ACTION_SIZE, POLICY_UNSUPPORTED, TENSOR_*, WEIGHT_NOT_FINITE, ZIP_*
 */
export async function readPolicy(reader: ByteReader): Promise<PolicyFile> {
  const entries = await openArchive(reader);
  const dataBytes = await readEntry(reader, entries.data, MAX_DATA_BYTES);
  const description = describePolicy(parseJsonObject(dataBytes, "The policy's data"));

  const inner = await entryReader(reader, entries.policy);
  const state = await readStateDict(inner, POLICY_ROLE);
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
  await checkWeightsFinite(inner, weights);

  const hidden: DenseLayer[] = [];
  for (const name of names) hidden.push(await readLayer(inner, weights, name));
  const output = await readLayer(inner, weights, 'action_net');
  return {
    activation: description.activation,
    hidden,
    output,
    logStd: await readTensor(inner, weights.get('log_std') as TorchTensor),
    observationSize: (hidden[0] ?? output).inputs,
    actionSize: ACTION_SIZE,
  };
}

async function openArchive(reader: ByteReader): Promise<{ data: ZipEntry; policy: ZipEntry }> {
  checkNotEmpty(reader, 'The policy');
  if (!(await startsLikeZip(reader))) throw notSb3('it does not start like a zip container');
  const entries = await readZip(reader);
  const data = entries.get('data');
  const policy = entries.get('policy.pth');
  if (data !== undefined && policy !== undefined) return { data, policy };
  const isTorch = [...entries.keys()].some((name) => /^[^/]+\/data\.pkl$/.test(name));
  throw notSb3(isTorch ? 'it was written by torch.save' : 'it has no members named data and policy.pth');
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
  { observationSize, hidden: declared }: PolicyDescription,
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
  expectShape(weights, 'log_std', [ACTION_SIZE]);
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
