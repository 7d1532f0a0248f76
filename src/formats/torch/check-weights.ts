import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { PaperdeskError } from '../../errors.ts';
import type { ByteReader } from '../byte-reader.ts';
import { CHUNK_BYTES } from '../chunks.ts';
import type { StateDict, TorchTensor } from '../model-files.ts';
import { forEachChunk } from '../zip/zip.ts';
import { readTensor } from './read-tensor.ts';
import { DTYPES, isWeightDtype } from './torch-dtypes.ts';
import { firstNonFinite } from './torch-numbers.ts';
import { elementCount, indexAt, viewSpan } from './torch-views.ts';

type NamedTensor = readonly [name: string, tensor: TorchTensor];

/** Elements of a storage, from the first to behind the last. */
interface ElementRange {
  readonly from: number;
  readonly to: number;
}

/**
 * Reads each storage once, checks its CRC-32 and every number of every tensor.
 * @throws WEIGHT_NOT_FINITE with tensor and index for NaN, infinity and numbers too large for float32; ZIP_MALFORMED
 */
export async function checkWeightsFinite(reader: ByteReader, weights: StateDict): Promise<void> {
  const storages = new Map<string, NamedTensor[]>();
  for (const [name, tensor] of weights) {
    const group = storages.get(tensor.storage.name);
    if (group === undefined) storages.set(tensor.storage.name, [[name, tensor]]);
    else group.push([name, tensor]);
  }
  for (const tensors of storages.values()) await checkStorage(reader, tensors);
}

async function checkStorage(reader: ByteReader, tensors: readonly NamedTensor[]): Promise<void> {
  const [, { dtype, storage }] = tensors[0] as NamedTensor;
  if (!isWeightDtype(dtype)) return;
  const size = DTYPES[dtype].bytes;
  const dense = tensors.filter(([, tensor]) => isDense(tensor));
  const ranges = mergeRanges(dense.map(([, tensor]) => rangeOf(tensor)));
  await forEachChunk(reader, storage, (chunk, offset) => {
    for (const { from, to } of ranges) {
      const start = Math.max(from * size - offset, 0);
      const end = Math.min(to * size - offset, chunk.length);
      if (start >= end) continue;
      const found = firstNonFinite(dtype, chunk.subarray(start, end));
      if (found >= 0) throw denseNotFinite(dense, (offset + start) / size + found);
    }
  });
  for (const [name, tensor] of tensors) if (!isDense(tensor)) await checkGathered(reader, name, tensor);
}

/** A view with gaps is checked element by element: the gaps hold no weights. */
async function checkGathered(reader: ByteReader, name: string, tensor: TorchTensor): Promise<void> {
  const values = await readTensor(reader, tensor);
  const bytes = new Uint8Array(values.buffer);
  for (let offset = 0; offset < bytes.length; offset += CHUNK_BYTES) {
    const found = firstNonFinite('float32', bytes.subarray(offset, offset + CHUNK_BYTES));
    if (found >= 0) throw notFinite(name, indexAt(tensor.shape, offset / 4 + found), tensor.dtype);
    await yieldToEventLoop();
  }
}

/** Whether a view covers every element between its first and its last, in any order. */
function isDense(tensor: TorchTensor): boolean {
  return viewSpan(tensor) === elementCount(tensor.shape);
}

function rangeOf(tensor: TorchTensor): ElementRange {
  return { from: tensor.storageOffset, to: tensor.storageOffset + viewSpan(tensor) };
}

function mergeRanges(ranges: ElementRange[]): ElementRange[] {
  const merged: ElementRange[] = [];
  for (const range of ranges.sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last === undefined || range.from > last.to) merged.push(range);
    else if (range.to > last.to) merged[merged.length - 1] = { from: last.from, to: range.to };
  }
  return merged;
}

/** The error for an element of a storage, named by the dense tensor that has it. */
function denseNotFinite(dense: readonly NamedTensor[], element: number): PaperdeskError {
  const [name, tensor] = dense.find(([, candidate]) => {
    const { from, to } = rangeOf(candidate);
    return element >= from && element < to;
  }) as NamedTensor;
  return notFinite(name, indexOfElement(tensor, element - tensor.storageOffset), tensor.dtype);
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

function notFinite(name: string, index: readonly number[], dtype: string): PaperdeskError {
  return new PaperdeskError(
    'WEIGHT_NOT_FINITE',
    `${name}[${index.join(', ')}] is NaN, infinite or too large for float32 (stored as ${dtype}); ` +
      'the training diverged or the file is damaged.',
  );
}
