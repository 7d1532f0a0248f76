import { setImmediate as nextTurn } from 'node:timers/promises';
import { PaperdeskError } from '../../errors.ts';
import type { ByteReader } from '../byte-reader.ts';
import { CHUNK_BYTES, forEachSlice } from '../chunks.ts';
import type { StateDict, TorchTensor, ZipEntry } from '../model-files.ts';
import { forEachChunk, readEntry, ZIP_LIMITS } from '../zip/zip.ts';
import { DTYPE_BYTES, isWeightDtype, type WeightDtype } from './torch-dtypes.ts';
import { firstNonFinite, widen } from './torch-numbers.ts';
import { elementCount, indexAt, isContiguous, mayOverlap, viewSpan } from './torch-views.ts';

/** Elements moved at once when a tensor is put into row-major order. */
const GATHER_ELEMENTS = 2 ** 16;

/**
 * The numbers of a tensor in row-major order, float16, bfloat16 and float64 converted to float32.
 * @throws TENSOR_DTYPE for integers and bools, TENSOR_BOUNDS for expanded tensors, ZIP_MALFORMED and ZIP_TOO_LARGE for compressed storages.
 */
export async function readTensor(reader: ByteReader, tensor: TorchTensor): Promise<Float32Array> {
  const { dtype } = tensor;
  if (!isWeightDtype(dtype)) {
    throw new PaperdeskError('TENSOR_DTYPE', `A tensor of ${dtype} is needed as floating-point numbers.`);
  }
  if (mayOverlap(tensor)) {
    throw new PaperdeskError(
      'TENSOR_BOUNDS',
      `A tensor of shape [${tensor.shape.join(', ')}] shares numbers between its elements; save it after .contiguous().`,
    );
  }
  const span = viewSpan(tensor);
  const values = new Float32Array(span);
  const size = DTYPE_BYTES[dtype];
  const { storage, storageOffset } = tensor;
  const source = await storageReader(reader, storage);
  await forEachSlice(source, storageOffset * size, span * size, (chunk, offset) => {
    widen(dtype, chunk, values.subarray(offset / size));
  });
  return isContiguous(tensor) ? values : await gather(values, tensor);
}

/** A reader over the bytes of one storage. */
async function storageReader(reader: ByteReader, storage: ZipEntry): Promise<ByteReader> {
  if (storage.method === 'stored') {
    const { dataOffset, size } = storage;
    return { size, read: (offset, length) => reader.read(dataOffset + offset, length) };
  }
  const bytes = await readEntry(reader, storage, ZIP_LIMITS.inflatedBytes);
  return { size: bytes.length, read: async (offset, length) => bytes.subarray(offset, offset + length) };
}

/** Brings the elements of a view, whose span is `source`, into row-major order. */
async function gather(source: Float32Array, { shape, strides }: TorchTensor): Promise<Float32Array> {
  const target = new Float32Array(elementCount(shape));
  const index = shape.map(() => 0);
  let at = 0;
  for (let done = 0; done < target.length; done++) {
    target[done] = source[at] as number;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] as number) + 1;
      at += strides[axis] as number;
      if ((index[axis] as number) < (shape[axis] as number)) break;
      at -= (shape[axis] as number) * (strides[axis] as number);
      index[axis] = 0;
    }
    if (done % GATHER_ELEMENTS === GATHER_ELEMENTS - 1) await nextTurn();
  }
  return target;
}

/** A range of elements of a storage that a tensor covers without gaps. */
interface Extent {
  readonly from: number;
  readonly to: number;
}

/**
 * Reads the storages of all tensors once, compares their CRC-32 and looks at every number of every tensor.
 * @throws WEIGHT_NOT_FINITE naming tensor and index for NaN, infinity and what float32 cannot hold; ZIP_MALFORMED
 */
export async function checkWeightsFinite(reader: ByteReader, weights: StateDict): Promise<void> {
  const storages = new Map<string, [string, TorchTensor][]>();
  for (const [name, tensor] of weights) {
    const group = storages.get(tensor.storage.name);
    if (group === undefined) storages.set(tensor.storage.name, [[name, tensor]]);
    else group.push([name, tensor]);
  }
  for (const tensors of storages.values()) await checkStorage(reader, tensors);
}

async function checkStorage(reader: ByteReader, tensors: readonly [string, TorchTensor][]): Promise<void> {
  const [, { dtype, storage }] = tensors[0] as [string, TorchTensor];
  if (!isWeightDtype(dtype)) return;
  const size = DTYPE_BYTES[dtype];
  const extents = mergeExtents(
    tensors.filter(([, tensor]) => isDense(tensor)).map(([, tensor]) => extentOf(tensor)),
  );
  await forEachChunk(reader, storage, (chunk, offset) => {
    for (const { from, to } of extents) {
      const start = Math.max(from * size - offset, 0);
      const end = Math.min(to * size - offset, chunk.length);
      if (start >= end) continue;
      const found = firstNonFinite(dtype, chunk.subarray(start, end));
      if (found < 0) continue;
      throw notFinite(tensors, (offset + start) / size + found, dtype);
    }
  });
  for (const [name, tensor] of tensors) if (!isDense(tensor)) await checkGathered(reader, name, tensor);
}

/** A view with gaps; what lies in the gaps is nobody's weight. */
async function checkGathered(reader: ByteReader, name: string, tensor: TorchTensor): Promise<void> {
  const values = await readTensor(reader, tensor);
  const bytes = new Uint8Array(values.buffer);
  for (let offset = 0; offset < bytes.length; offset += CHUNK_BYTES) {
    const found = firstNonFinite('float32', bytes.subarray(offset, offset + CHUNK_BYTES));
    if (found >= 0) throw refuse(name, indexAt(tensor.shape, offset / 4 + found), tensor.dtype);
    await nextTurn();
  }
}

/** Whether a view covers every element between its first and its last, in whatever order. */
function isDense(tensor: TorchTensor): boolean {
  return viewSpan(tensor) === elementCount(tensor.shape);
}

function extentOf(tensor: TorchTensor): Extent {
  return { from: tensor.storageOffset, to: tensor.storageOffset + viewSpan(tensor) };
}

function mergeExtents(extents: Extent[]): Extent[] {
  const merged: Extent[] = [];
  for (const extent of extents.sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last === undefined || extent.from > last.to) merged.push(extent);
    else if (extent.to > last.to) merged[merged.length - 1] = { from: last.from, to: extent.to };
  }
  return merged;
}

function notFinite(
  tensors: readonly [string, TorchTensor][],
  element: number,
  dtype: WeightDtype,
): PaperdeskError {
  const owner = tensors.find(([, tensor]) => {
    const { from, to } = extentOf(tensor);
    return isDense(tensor) && element >= from && element < to;
  }) as [string, TorchTensor];
  const [name, tensor] = owner;
  return refuse(name, indexOfElement(tensor, element - tensor.storageOffset), dtype);
}

/** The index of the element at a distance from the start of a dense view. */
function indexOfElement({ shape, strides }: TorchTensor, distance: number): number[] {
  const index = shape.map(() => 0);
  let rest = distance;
  const axes = shape.map((_, axis) => axis).filter((axis) => (shape[axis] as number) > 1);
  for (const axis of axes.sort((a, b) => (strides[b] as number) - (strides[a] as number))) {
    index[axis] = Math.floor(rest / (strides[axis] as number));
    rest %= strides[axis] as number;
  }
  return index;
}

function refuse(name: string, index: readonly number[], dtype: string): PaperdeskError {
  return new PaperdeskError(
    'WEIGHT_NOT_FINITE',
    `${name}[${index.join(', ')}] is NaN, infinite or too large for float32 (stored as ${dtype}); ` +
      'the training diverged or the file is damaged.',
  );
}
