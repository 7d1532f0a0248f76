import { type FileHandle, open, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { type ByteReader, fileReader } from '../formats/byte-reader.ts';
import { CHUNK_BYTES, forEachSlice } from '../formats/chunks.ts';
import { DTYPE_BYTES } from '../formats/torch/torch-dtypes.ts';
import { widen } from '../formats/torch/torch-numbers.ts';
import { blocksOf, COMPACT_BLOCK, compactRow } from './compact-matrix.ts';
import type { Weight } from './weights.ts';

/** Where the compact form of a matrix [outputs, inputs] lies; offsets in bytes. */
export interface CompactMatrix {
  readonly outputs: number;
  readonly inputs: number;
  /** Of the file, without its folder. */
  readonly location: string;
  /** [outputs, blocks, COMPACT_BLOCK] bytes. */
  readonly bytesOffset: number;
  /** [outputs, blocks] float32. */
  readonly scalesOffset: number;
  /** Bytes and scales together. */
  readonly size: number;
}

export interface CompactSource {
  /** Changes whenever the trained file does. */
  readonly version: string;
  /** Of the trained file. */
  readonly reader: Required<ByteReader>;
  /** [outputs, inputs] */
  readonly weight: Weight;
}

/** Begins the file: JSON, filled up with spaces. The numbers behind it start at a page of memory. */
const HEADER_BYTES = 4096;
const FORMAT = 'paperdesk int8 1';

/** Where the compact form of a trained file is kept: beside it. */
export function compactPathOf(forecastPath: string): string {
  return join(dirname(forecastPath), `.${basename(forecastPath)}.int8`);
}

/** Removes the compact form of a trained file, where there is one. */
export async function removeCompactFile(forecastPath: string): Promise<void> {
  await rm(compactPathOf(await realpath(forecastPath)), { force: true });
}

/**
 * The compact form of `source` in the file `path`, which is derived and may be deleted at any time: it is made anew
 * when it is missing, damaged or of another source. Takes a few megabytes of memory for any size.
 * @param use is handed the open file, which is closed afterwards
 * @throws what the file system and reading the source throw
 */
export async function withCompactFile<T>(
  path: string,
  source: CompactSource,
  use: (matrix: CompactMatrix, handle: FileHandle) => Promise<T>,
): Promise<T> {
  const matrix = layout(path, source.weight);
  if (!(await isIntact(path, matrix, source.version))) await write(path, matrix, source);
  const handle = await open(path, 'r');
  try {
    return await use(matrix, handle);
  } finally {
    await handle.close();
  }
}

function layout(path: string, { shape }: Weight): CompactMatrix {
  const [outputs = 1, inputs = 1] = shape;
  const blocks = outputs * blocksOf(inputs);
  return {
    outputs,
    inputs,
    location: basename(path),
    bytesOffset: HEADER_BYTES,
    scalesOffset: HEADER_BYTES + blocks * COMPACT_BLOCK,
    size: blocks * (COMPACT_BLOCK + Float32Array.BYTES_PER_ELEMENT),
  };
}

function header({ outputs, inputs }: CompactMatrix, version: string, crc: number): Buffer {
  const facts = { format: FORMAT, version, outputs, inputs, block: COMPACT_BLOCK, crc32: crc };
  return Buffer.from(JSON.stringify(facts).padEnd(HEADER_BYTES));
}

async function isIntact(path: string, matrix: CompactMatrix, version: string): Promise<boolean> {
  const handle = await open(path, 'r').catch(() => undefined);
  if (handle === undefined) return false;
  try {
    const reader = await fileReader(handle);
    if (reader.size !== HEADER_BYTES + matrix.size) return false;
    let crc = 0;
    await forEachSlice(reader, HEADER_BYTES, matrix.size, (chunk) => {
      crc = crc32(chunk, crc);
    });
    return header(matrix, version, crc).equals(await reader.read(0, HEADER_BYTES));
  } finally {
    await handle.close();
  }
}

/** Writes under another name first: whoever reads `path` sees a whole file or none. */
async function write(path: string, matrix: CompactMatrix, source: CompactSource): Promise<void> {
  const handle = await open(`${path}.part`, 'w');
  try {
    const crc = await writeNumbers(handle, matrix, source);
    await handle.write(header(matrix, source.version, crc), 0, HEADER_BYTES, 0);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${path}.part`, path);
}

/** Answers the CRC-32 of what was written. */
async function writeNumbers(
  handle: FileHandle,
  { outputs, inputs, bytesOffset, scalesOffset }: CompactMatrix,
  source: CompactSource,
): Promise<number> {
  const blocks = blocksOf(inputs);
  const rowsAtOnce = Math.max(1, Math.floor(CHUNK_BYTES / Float32Array.BYTES_PER_ELEMENT / inputs));
  const rows = new Float32Array(rowsAtOnce * inputs);
  const bytes = new Uint8Array(rowsAtOnce * blocks * COMPACT_BLOCK);
  const scales = new Float32Array(outputs * blocks);
  const readRows = rowReader(source, rows.length);
  let crc = 0;
  for (let from = 0; from < outputs; from += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, outputs - from);
    await readRows(from * inputs, rows.subarray(0, count * inputs));
    for (let row = 0; row < count; row++) {
      compactRow(
        rows.subarray(row * inputs, (row + 1) * inputs),
        bytes.subarray(row * blocks * COMPACT_BLOCK, (row + 1) * blocks * COMPACT_BLOCK),
        scales.subarray((from + row) * blocks, (from + row + 1) * blocks),
      );
    }
    const written = bytes.subarray(0, count * blocks * COMPACT_BLOCK);
    crc = crc32(written, crc);
    await writeAll(handle, written, bytesOffset + from * blocks * COMPACT_BLOCK);
  }
  const scaleBytes = new Uint8Array(scales.buffer);
  await writeAll(handle, scaleBytes, scalesOffset);
  return crc32(scaleBytes, crc);
}

/** Answers how to fill `target` with the numbers of the matrix from the element `from` on. */
function rowReader({ reader, weight }: CompactSource, mostAtOnce: number) {
  if ('values' in weight) {
    return async (from: number, target: Float32Array) => {
      target.set(weight.values.subarray(from, from + target.length));
    };
  }
  const size = DTYPE_BYTES[weight.type];
  const shared = new Uint8Array(mostAtOnce * size);
  return async (from: number, target: Float32Array) => {
    const bytes = shared.subarray(0, target.length * size);
    await reader.readInto(bytes, weight.offset + from * size);
    widen(weight.type, bytes, target);
  };
}

async function writeAll(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    done += (await handle.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
  }
}
