import { QUANTILE_COUNT } from '../../dimensions.ts';
import { PaperdeskError } from '../../errors.ts';
import type { ByteReader } from '../byte-reader.ts';
import { quoteName } from '../error-text.ts';
import type { ForecasterFile, ForecasterShape, StateDict, TorchTensor } from '../model-files.ts';
import { readStateDict } from './read-state-dict.ts';
import { countWeights, expectShape, selectWeights, shapeError } from './select-weights.ts';

const WHAT = 'The forecast model';

// The limits of forecast-and-policy.md#8; as float32 so many weights take a gigabyte.
const MAX_PARAMETERS = 2 ** 28;
const MAX_LAYERS = 64;
const MIN_HORIZON = 2;

/** The sizes that determine the shapes of all tensors; the head has features * patches * dModel inputs. */
type Sizes = Readonly<
  Record<'patchLength' | 'patches' | 'dModel' | 'feedForward' | 'inputs' | 'hidden' | 'outputs', number>
>;

/** Tensors by name, with their shapes. */
type Shapes = Readonly<Record<string, (sizes: Sizes) => number[]>>;

const EMBEDDING: Shapes = {
  'patch_embed.project.weight': ({ dModel, patchLength }) => [dModel, patchLength],
  'patch_embed.project.bias': ({ dModel }) => [dModel],
  pos_embed: ({ patches, dModel }) => [1, 1, patches, dModel],
};
const LAYER: Shapes = {
  'self_attn.in_proj_weight': ({ dModel }) => [3 * dModel, dModel],
  'self_attn.in_proj_bias': ({ dModel }) => [3 * dModel],
  'self_attn.out_proj.weight': ({ dModel }) => [dModel, dModel],
  'self_attn.out_proj.bias': ({ dModel }) => [dModel],
  'linear1.weight': ({ feedForward, dModel }) => [feedForward, dModel],
  'linear1.bias': ({ feedForward }) => [feedForward],
  'linear2.weight': ({ feedForward, dModel }) => [dModel, feedForward],
  'linear2.bias': ({ dModel }) => [dModel],
  'norm1.weight': ({ dModel }) => [dModel],
  'norm1.bias': ({ dModel }) => [dModel],
  'norm2.weight': ({ dModel }) => [dModel],
  'norm2.bias': ({ dModel }) => [dModel],
};
const HEAD: Shapes = {
  'head.1.weight': ({ hidden, inputs }) => [hidden, inputs],
  'head.1.bias': ({ hidden }) => [hidden],
  'head.4.weight': ({ outputs, hidden }) => [outputs, hidden],
  'head.4.bias': ({ outputs }) => [outputs],
};
/** Buffers that the forward pass does not use: the count of an averaged model, the quantile levels. */
const IGNORED = new Set(['n_averaged', 'quantiles']);

/**
 * Reads a PatchTST forecaster: what the shapes of its tensors say (forecast-and-policy.md#4). Reads no weight;
 * `checkWeightsFinite` does.
 * @throws NOT_PATCHTST, TENSOR_MISSING, TENSOR_SHAPE, TENSOR_DTYPE, TENSOR_BOUNDS, HORIZON, MODEL_TOO_LARGE and what
 *   `readStateDict` throws
 */
export async function readForecaster(reader: ByteReader): Promise<ForecasterFile> {
  const state = await readStateDict(reader);
  const layers = countLayers(state);
  const shapes = { ...EMBEDDING, ...layerShapes(layers), ...HEAD };
  const names = Object.keys(shapes);
  checkIsPatchTst(state, names);
  const weights = selectWeights(state, names, WHAT);
  const shape = deriveShape(weights, shapes, layers);
  refuseUnknownTensors(state, weights);
  return { shape, weights };
}

function layerShapes(layers: number): Shapes {
  const entries = Array.from({ length: layers }, (_, i) =>
    Object.entries(LAYER).map(([name, shape]) => [`encoder.layers.${i}.${name}`, shape] as const),
  );
  return Object.fromEntries(entries.flat());
}

/** One more than the highest layer number; at least 1, so that an encoder without layers lacks its tensors. */
function countLayers(state: StateDict): number {
  let layers = 1;
  for (const name of state.keys()) {
    const match = /^encoder\.layers\.(\d{1,4})\./.exec(name);
    if (match !== null) layers = Math.max(layers, Number(match[1]) + 1);
  }
  if (layers > MAX_LAYERS) {
    throw new PaperdeskError(
      'MODEL_TOO_LARGE',
      `The forecast model has ${layers} encoder layers; at most ${MAX_LAYERS} are accepted.`,
    );
  }
  return layers;
}

function checkIsPatchTst(state: StateDict, names: readonly string[]): void {
  if (names.some((name) => state.has(name))) return;
  const [first] = state.keys();
  const found =
    first === undefined ? 'it has no tensors' : `its ${state.size} tensors begin with ${quoteName(first)}`;
  throw new PaperdeskError(
    'NOT_PATCHTST',
    `The forecast model is not a PatchTST state dict: ${found}; ${names[0]} and ${names.length - 1} others are needed.`,
  );
}

function deriveShape(weights: StateDict, shapes: Shapes, layers: number): ForecasterShape {
  const [dModel, patchLength] = sizesOf(weights, 'patch_embed.project.weight', 2, '[d_model, patch_len]');
  const [, , patches] = sizesOf(weights, 'pos_embed', 4, `[1, 1, n_patches, ${dModel}]`);
  const [feedForward] = sizesOf(weights, 'encoder.layers.0.linear1.weight', 2, `[ff, ${dModel}]`);
  const [hidden, inputs] = sizesOf(weights, 'head.1.weight', 2, '[hidden, features * n_patches * d_model]');
  const [outputs] = sizesOf(weights, 'head.4.weight', 2, `[horizon * ${QUANTILE_COUNT}, ${hidden}]`);
  const sizes = { patchLength, patches, dModel, feedForward, inputs, hidden, outputs };
  for (const [name, shape] of Object.entries(shapes)) expectShape(weights, name, shape(sizes));

  const features = inputs / (patches * dModel);
  if (!Number.isInteger(features)) {
    throw shapeError(
      'head.1.weight',
      [hidden, inputs],
      `a multiple of ${patches} patches * ${dModel} (d_model) = ${patches * dModel} inputs`,
    );
  }
  return {
    features,
    horizon: horizonOf(outputs),
    patchLength,
    patches,
    dModel,
    layers,
    feedForward,
    hidden,
    parameters: countWeights(weights, MAX_PARAMETERS, WHAT),
  };
}

/** The sizes of a tensor, which must have that many dimensions, none of them 0. */
function sizesOf(
  weights: StateDict,
  name: string,
  dimensions: 2 | 4,
  expected: string,
): [number, number, number, number] {
  const { shape } = weights.get(name) as TorchTensor;
  if (shape.length !== dimensions || shape.includes(0)) throw shapeError(name, shape, expected);
  return [shape[0] ?? 0, shape[1] ?? 0, shape[2] ?? 0, shape[3] ?? 0];
}

/** @throws HORIZON for less than 2 whole steps */
function horizonOf(outputs: number): number {
  const steps = outputs / QUANTILE_COUNT;
  if (Number.isInteger(steps) && steps >= MIN_HORIZON) return steps;
  throw new PaperdeskError(
    'HORIZON',
    `The forecast model has ${outputs} outputs; ${QUANTILE_COUNT} quantiles of at least ${MIN_HORIZON} steps are needed, ` +
      `a multiple of ${QUANTILE_COUNT}.`,
  );
}

/** Tensors that the forward pass does not use would be ignored, and the forecast would be wrong. */
function refuseUnknownTensors(state: StateDict, weights: StateDict): void {
  const unknown = [...state.keys()].filter((name) => !weights.has(name) && !IGNORED.has(name));
  const [first] = unknown;
  if (first === undefined) return;
  const hasFinalNorm = unknown.some((name) => name.startsWith('encoder.norm.'));
  throw new PaperdeskError(
    'NOT_PATCHTST',
    hasFinalNorm
      ? 'The forecast model has a norm after its encoder (encoder.norm.weight), which the PatchTST of this service ' +
          'does not have; ignoring it would change the forecast.'
      : `The forecast model has ${unknown.length} tensors that the PatchTST of this service does not have, for ` +
          `example ${quoteName(first)}; ignoring them could change the forecast.`,
  );
}
