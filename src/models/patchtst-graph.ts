import { QUANTILE_COUNT } from '../dimensions.ts';
import { PaperdeskError } from '../errors.ts';
import type { PatchTstArchitecture } from '../formats/model-files.ts';
import { ELEMENT_TYPES, OnnxGraph } from '../formats/onnx/onnx-graph.ts';
import type { Int8Matrix } from './int8-file.ts';
import { blocksPerRow, INT8_BLOCK } from './int8-matrix.ts';
import { type Weight, type Weights, weightBytes, weightRows } from './weights.ts';

const LAYER_NORM_EPSILON = 1e-5;
/** MatMulNBits' accuracy_level. */
const COMPUTE_IN_INT8 = 4;

/** How the matrices of the head are split into blocks of rows; one may have hundreds of megabytes. */
export interface HeadBlocks {
  /** A matrix of fewer bytes (as float32) is not split. */
  readonly minBytes: number;
  /** Rows per product: with several windows, half the time of one product over all rows. */
  readonly rows: number;
  /** Size of a block of a matrix that is not float32 and is widened block by block. */
  readonly maxWidenedBytes: number;
}

/** The matrix of the head that all tokens enter: nearly all weights of a model of production size. */
export const LARGEST_MATRIX = 'head.1.weight';

const HEAD_BLOCKS: HeadBlocks = { minBytes: 16 << 20, rows: 64, maxWidenedBytes: 16 << 20 };

/**
 * The forward pass of forecast-and-policy.md#10 as an ONNX graph: `windows` [batch, lookback, features] ->
 * `quantiles` [batch, horizon, 3].
 * @param location name of the file of mapped weights, without its folder
 * @param int8 replaces the largest matrix
 * @throws HEADS, NOT_PATCHTST when the numbers of the architecture do not fit together
 */
export function patchTstGraph(
  architecture: PatchTstArchitecture,
  weights: Weights,
  location: string,
  blocks = HEAD_BLOCKS,
  int8?: Int8Matrix,
): OnnxGraph {
  checkArchitecture(architecture);
  const { features, lookback, horizon, patches, dModel, layers } = architecture;
  const graph = new OnnxGraph('patchtst');
  const place = weightPlacer(graph, weights, location);

  const windows = graph.input('windows', ['batch', lookback, features]);
  let tokens = embedPatches(graph, place, architecture, windows);
  for (let layer = 0; layer < layers; layer++) {
    tokens = encoderLayer(graph, place, architecture, `encoder.layers.${layer}.`, tokens);
  }
  const flat = graph.reshape(tokens, [-1, features * patches * dModel]);
  const projected =
    int8 === undefined
      ? headLinear(graph, place, blocks, 'head.1', flat)
      : graph.node('Add', [int8Product(graph, int8, flat), place.whole('head.1.bias')]);
  const hidden = graph.node('Gelu', [projected], { approximate: 'none' });
  const result = headLinear(graph, place, blocks, 'head.4', hidden);
  const dims = [horizon, QUANTILE_COUNT];
  graph.output('quantiles', graph.reshape(result, [-1, ...dims]), ['batch', ...dims]);
  return graph;
}

function checkArchitecture({ dModel, heads, lookback, patchLength, stride, patches }: PatchTstArchitecture) {
  if (!(heads >= 1) || dModel % heads !== 0) {
    throw new PaperdeskError('HEADS', `d_model ${dModel} cannot be divided among ${heads} attention heads.`);
  }
  const actual = Math.floor((lookback - patchLength) / stride) + 1;
  if (patches > 1 && actual !== patches) {
    throw new PaperdeskError(
      'NOT_PATCHTST',
      `Patches of ${patchLength} steps every ${stride} steps split ${lookback} steps into ${actual} patches, not ` +
        `${patches}.`,
    );
  }
}

/** Adds weights to a graph. */
interface WeightPlacer {
  get(name: string): Weight;
  /** Adds rows of a weight as a float32 value of the graph, in the shape `dims`. */
  add(name: string, weight: Weight, dims: readonly number[]): string;
  /** Adds a whole weight. */
  whole(name: string, dims?: readonly number[]): string;
}

function weightPlacer(graph: OnnxGraph, weights: Weights, location: string): WeightPlacer {
  function get(name: string): Weight {
    const weight = weights.get(name);
    if (weight === undefined)
      throw new PaperdeskError('TENSOR_MISSING', `The state dict has no tensor ${name}.`);
    return weight;
  }
  function add(name: string, weight: Weight, dims: readonly number[]): string {
    if ('values' in weight) return graph.floats(name, dims, weight.values);
    const { type, offset } = weight;
    const length = weightBytes(weight);
    // As a constant, onnxruntime would hold a widened copy of it in private memory.
    const overridable = type !== 'float32';
    const stored = graph.external({ name, dims, type, location, offset, length, overridable });
    return overridable ? graph.node('Cast', [stored], { to: ELEMENT_TYPES.float32 }) : stored;
  }
  return { get, add, whole: (name, dims) => add(name, get(name), dims ?? get(name).shape) };
}

/** [batch, lookback, features] -> one token per patch, [batch * features * patches, dModel]. */
function embedPatches(
  graph: OnnxGraph,
  place: WeightPlacer,
  { lookback, patchLength, stride, patches, dModel }: PatchTstArchitecture,
  windows: string,
): string {
  const channels = graph.node('Transpose', [windows], { perm: { ints: [0, 2, 1] } });
  // Splitting into patches and projecting each is a convolution with one filter per dimension of the model.
  const filters = place.whole('patch_embed.project.weight', [dModel, 1, patchLength]);
  const projected = graph.node(
    'Conv',
    [graph.reshape(channels, [-1, 1, lookback]), filters, place.whole('patch_embed.project.bias')],
    {
      kernel_shape: { ints: [patchLength] },
      strides: { ints: [patches > 1 ? stride : lookback] },
    },
  );
  const tokens = graph.node('Transpose', [projected], { perm: { ints: [0, 2, 1] } });
  const placed = graph.node('Add', [tokens, place.whole('pos_embed', [1, patches, dModel])]);
  return graph.reshape(placed, [-1, dModel]);
}

/** Pre-norm: x + attention(norm1(x)), then x + feed-forward(norm2(x)). */
function encoderLayer(
  graph: OnnxGraph,
  place: WeightPlacer,
  architecture: PatchTstArchitecture,
  prefix: string,
  input: string,
): string {
  const norm = (name: string, value: string) =>
    graph.node('LayerNormalization', [value, ...parameters(prefix + name).map((key) => place.whole(key))], {
      axis: -1,
      epsilon: { float: LAYER_NORM_EPSILON },
    });
  const linear = (name: string, value: string) =>
    gemm(
      graph,
      value,
      parameters(prefix + name).map((key) => place.whole(key)),
    );

  const attended = attention(graph, place, architecture, prefix, norm('norm1', input));
  const middle = graph.node('Add', [input, linear('self_attn.out_proj', attended)]);
  const expanded = graph.node('Relu', [linear('linear1', norm('norm2', middle))]);
  return graph.node('Add', [middle, linear('linear2', expanded)]);
}

/** Each channel of each window is a sequence of its own; in and out [batch * features * patches, dModel]. */
function attention(
  graph: OnnxGraph,
  place: WeightPlacer,
  { patches, dModel, heads }: PatchTstArchitecture,
  prefix: string,
  input: string,
): string {
  // in_proj holds the projections to query, key and value one below the other.
  const sequences = ['query', 'key', 'value'].map((role, index) => {
    const projection = ['weight', 'bias'].map((kind) => {
      const name = `${prefix}self_attn.in_proj_${kind}`;
      const rows = weightRows(place.get(name), index * dModel, (index + 1) * dModel);
      return place.add(`${name}.${role}`, rows, rows.shape);
    });
    return graph.reshape(gemm(graph, input, projection), [-1, patches, dModel]);
  });
  const attended = graph.microsoft('MultiHeadAttention', sequences, { num_heads: heads });
  return graph.reshape(attended, [-1, dModel]);
}

/** A linear layer over one row per window. */
function headLinear(
  graph: OnnxGraph,
  place: WeightPlacer,
  { minBytes, rows: maxRows, maxWidenedBytes }: HeadBlocks,
  module: string,
  input: string,
): string {
  const names = parameters(module);
  const tensors = names.map((name) => place.get(name));
  const [weight] = tensors;
  const [outputs = 1, inputs = 1] = weight!.shape;
  const rowBytes = inputs * Float32Array.BYTES_PER_ELEMENT;
  const isWidened = 'type' in weight! && weight.type !== 'float32';
  const rows = isWidened ? Math.min(maxRows, Math.max(1, Math.floor(maxWidenedBytes / rowBytes))) : maxRows;
  if (outputs <= rows || outputs * rowBytes < minBytes) {
    return gemm(
      graph,
      input,
      names.map((name) => place.whole(name)),
    );
  }
  const products: string[] = [];
  for (let row = 0; row < outputs; row += rows) {
    const block = tensors.map((tensor, index) => {
      const slice = weightRows(tensor, row, Math.min(outputs, row + rows));
      return place.add(`${names[index]}.${row}`, slice, slice.shape);
    });
    products.push(gemm(graph, input, block));
  }
  return graph.node('Concat', products, { axis: 1 });
}

/** x weight^T, with `x` rounded to 8 bits block by block as well. */
function int8Product(graph: OnnxGraph, int8: Int8Matrix, input: string): string {
  const { outputs, inputs, location, bytesOffset, scalesOffset, size } = int8;
  const blocks = blocksPerRow(inputs);
  const bytes = graph.external({
    name: `${LARGEST_MATRIX}.bytes`,
    dims: [outputs, blocks, INT8_BLOCK],
    type: 'uint8',
    location,
    offset: bytesOffset,
    length: scalesOffset - bytesOffset,
  });
  const scales = graph.external({
    name: `${LARGEST_MATRIX}.scales`,
    dims: [outputs * blocks],
    type: 'float32',
    location,
    offset: scalesOffset,
    length: bytesOffset + size - scalesOffset,
  });
  return graph.microsoft('MatMulNBits', [input, bytes, scales], {
    K: inputs,
    N: outputs,
    bits: 8,
    block_size: INT8_BLOCK,
    accuracy_level: COMPUTE_IN_INT8,
  });
}

/** x weight^T + bias, with the weight in torch's layout, [outputs, inputs]. */
function gemm(graph: OnnxGraph, input: string, parameters: readonly string[]): string {
  return graph.node('Gemm', [input, ...parameters], { transB: 1 });
}

/** The names of the two tensors of a linear layer or a norm. */
function parameters(module: string): string[] {
  return [`${module}.weight`, `${module}.bias`];
}
