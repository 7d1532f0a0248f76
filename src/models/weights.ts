import type { ByteReader } from '../formats/byte-reader.ts';
import type { StateDict, TorchTensor } from '../formats/model-files.ts';
import { DTYPES, isWeightDtype, type WeightDtype } from '../formats/torch/torch-dtypes.ts';
import { elementCount, isContiguous } from '../formats/torch/torch-views.ts';

/** A weight that is mapped into memory from the trained file; offset in bytes. */
export interface MappedWeight {
  readonly shape: readonly number[];
  readonly type: WeightDtype;
  readonly offset: number;
}

/** A weight that was read and becomes part of the graph, as float32; row-major. */
export interface EmbeddedWeight {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export type Weight = MappedWeight | EmbeddedWeight;

export type Weights = ReadonlyMap<string, Weight>;

export type ReadTensor = (reader: ByteReader, tensor: TorchTensor) => Promise<Float32Array>;

/** Smaller float32 weights are embedded (forecast-and-policy.md#12). */
const MIN_MAPPED_FLOAT32_BYTES = 4096;
/** Other types are widened in each run, which is worth it only where a widened copy would take much memory. */
const MIN_MAPPED_OTHER_BYTES = 1 << 20;

export interface PlacementLimits {
  readonly minMappedFloat32Bytes?: number;
  readonly minMappedOtherBytes?: number;
}

/**
 * Decides for each weight whether it is mapped or embedded. It can be mapped when its bytes are uncompressed in the
 * file, in row-major order and aligned.
 */
export async function placeWeights(
  reader: ByteReader,
  state: StateDict,
  readTensor: ReadTensor,
  limits: PlacementLimits = {},
): Promise<Map<string, Weight>> {
  const weights = new Map<string, Weight>();
  for (const [name, tensor] of state) {
    weights.set(
      name,
      mappedWeight(tensor, limits) ?? { shape: tensor.shape, values: await readTensor(reader, tensor) },
    );
  }
  return weights;
}

function mappedWeight(tensor: TorchTensor, limits: PlacementLimits): MappedWeight | undefined {
  const { dtype, shape, storage, storageOffset } = tensor;
  if (!isWeightDtype(dtype) || storage.method !== 'stored' || !isContiguous(tensor)) return undefined;
  const elementBytes = DTYPES[dtype].bytes;
  const offset = storage.dataOffset + storageOffset * elementBytes;
  const minBytes =
    dtype === 'float32'
      ? (limits.minMappedFloat32Bytes ?? MIN_MAPPED_FLOAT32_BYTES)
      : (limits.minMappedOtherBytes ?? MIN_MAPPED_OTHER_BYTES);
  if (offset % elementBytes !== 0 || elementCount(shape) * elementBytes < minBytes) return undefined;
  return { shape, type: dtype, offset };
}

/** Bytes of a weight in the file or in memory. */
export function weightBytes(weight: Weight): number {
  if ('values' in weight) return weight.values.byteLength;
  return elementCount(weight.shape) * DTYPES[weight.type].bytes;
}

/** Rows `from` to `to` (exclusive) of a weight, along its first axis. */
export function weightRows(weight: Weight, from: number, to: number): Weight {
  const [, ...rest] = weight.shape;
  const row = elementCount(rest);
  const shape = [to - from, ...rest];
  if ('values' in weight) return { shape, values: weight.values.subarray(from * row, to * row) };
  return { ...weight, shape, offset: weight.offset + from * row * DTYPES[weight.type].bytes };
}
