import { QUANTILE_COUNT } from '../../dimensions.ts';
import { PaperdeskError } from '../../errors.ts';
import { counted } from '../../runtime/counted.ts';
import type { ByteReader } from '../byte-reader.ts';
import { quoteName } from '../error-text.ts';
import type { ForecasterFile, ForecasterShape, StateDict, TorchTensor } from '../model-files.ts';
import { countLayers, MAX_LAYERS, patchTstShapes, type Shapes } from './patchtst-tensors.ts';
import { readTorchFile } from './read-state-dict.ts';
import { selectPatchTst } from './select-patchtst.ts';
import { countWeights, expectShape, selectWeights, shapeError } from './select-weights.ts';

const WHAT = 'The forecast model';

// The limits of forecast-and-policy.md#8; as float32 so many weights take a gigabyte.
const MAX_PARAMETERS = 2 ** 28;
const MIN_HORIZON = 2;

/**
 * Reads a PatchTST forecaster: what the shapes of its tensors say (forecast-and-policy.md#4). Reads no weight;
 * `checkWeightsFinite` does.
 * @throws NOT_PATCHTST, TENSOR_MISSING, TENSOR_SHAPE, TENSOR_DTYPE, TENSOR_BOUNDS, HORIZON, MODEL_TOO_LARGE and what
 *   `readTorchFile` throws
 */
export async function readForecaster(reader: ByteReader): Promise<ForecasterFile> {
  const { tensors: state, others } = selectPatchTst(await readTorchFile(reader));
  const layers = layersOf(state);
  const shapes = patchTstShapes(layers);
  const weights = selectWeights(state, Object.keys(shapes), WHAT);
  const shape = deriveShape(weights, shapes, layers);
  refuseOthers(others);
  return { shape, weights };
}

/** @throws MODEL_TOO_LARGE */
function layersOf(state: StateDict): number {
  const layers = countLayers(state.keys());
  if (layers <= MAX_LAYERS) return layers;
  throw new PaperdeskError(
    'MODEL_TOO_LARGE',
    `The forecast model has ${layers} encoder layers; at most ${MAX_LAYERS} are accepted.`,
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
function refuseOthers(others: readonly string[]): void {
  const [first] = others;
  if (first === undefined) return;
  const hasFinalNorm = others.some((name) => name.includes('encoder.norm.'));
  throw new PaperdeskError(
    'NOT_PATCHTST',
    hasFinalNorm
      ? 'The forecast model has a norm after its encoder (encoder.norm.weight), which the PatchTST of this service ' +
          'does not have; ignoring it would change the forecast.'
      : `The forecast model has ${counted(others.length, 'tensor')} that the PatchTST of this ` +
          `service does not have, for example ${quoteName(first)}; ignoring them could change the forecast.`,
  );
}
