import type { ByteReader } from '../formats/byte-reader.ts';
import type { StateDict, TorchTensor } from '../formats/model-files.ts';
import { DTYPE_BYTES, isWeightDtype, type WeightDtype } from '../formats/torch/torch-dtypes.ts';
import { elementCount, isContiguous } from '../formats/torch/torch-views.ts';

/** A weight whose bytes stay where they are in the trained file, to be mapped into memory; offset in bytes. */
export interface MappedWeight {
  readonly shape: readonly number[];
  readonly type: WeightDtype;
  readonly offset: number;
}

/** A weight that was read, widened to float32 and goes into the graph itself; row-major. */
export interface EmbeddedWeight {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export type Weight = MappedWeight | EmbeddedWeight;

export type Weights = ReadonlyMap<string, Weight>;

export type ReadTensor = (reader: ByteReader, tensor: TorchTensor) => Promise<Float32Array>;

/** From this many bytes on a weight is worth a mapping of its own. */
const MAP_FLOAT32_FROM = 4096;
/** Another type is widened anew in each run, which pays only where the memory of a widened copy would hurt. */
const MAP_OTHERS_FROM = 1 << 20;

export interface PlacementLimits {
  readonly mapFloat32From?: number;
  readonly mapOthersFrom?: number;
}

/**
 * Decides for each weight whether it stays in the file or is read. It can stay when its bytes lie there
 * uncompressed, in row-major order, at a multiple of the size of a number.
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
      mappable(tensor, limits) ?? { shape: tensor.shape, values: await readTensor(reader, tensor) },
    );
  }
  return weights;
}

function mappable(tensor: TorchTensor, limits: PlacementLimits): MappedWeight | undefined {
  const { dtype, shape, storage, storageOffset } = tensor;
  if (!isWeightDtype(dtype) || storage.method !== 'stored' || !isContiguous(tensor)) return undefined;
  const elementBytes = DTYPE_BYTES[dtype];
  const offset = storage.dataOffset + storageOffset * elementBytes;
  const from =
    dtype === 'float32'
      ? (limits.mapFloat32From ?? MAP_FLOAT32_FROM)
      : (limits.mapOthersFrom ?? MAP_OTHERS_FROM);
  if (offset % elementBytes !== 0 || elementCount(shape) * elementBytes < from) return undefined;
  return { shape, type: dtype, offset };
}

/** The size of a weight as it lies in the file or in memory. */
export function weightBytes(weight: Weight): number {
  if ('values' in weight) return weight.values.byteLength;
  return elementCount(weight.shape) * DTYPE_BYTES[weight.type];
}

/** Rows `from` to `to` (exclusive) of a weight, along its first axis. */
export function weightRows(weight: Weight, from: number, to: number): Weight {
  const [, ...rest] = weight.shape;
  const row = elementCount(rest);
  const shape = [to - from, ...rest];
  if ('values' in weight) return { shape, values: weight.values.subarray(from * row, to * row) };
  return { ...weight, shape, offset: weight.offset + from * row * DTYPE_BYTES[weight.type] };
}
