import { type FileHandle, open, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { type ByteReader, fileReader } from '../formats/byte-reader.ts';
import { CHUNK_BYTES, forEachSlice } from '../formats/chunks.ts';
import { DTYPES } from '../formats/torch/torch-dtypes.ts';
import { widen } from '../formats/torch/torch-numbers.ts';
import { blocksPerRow, INT8_BLOCK, quantizeRow } from './int8-matrix.ts';
import type { Weight } from './weights.ts';

/** A matrix [outputs, inputs] of 8-bit numbers in a file; offsets and sizes in bytes. */
export interface Int8Matrix {
  readonly outputs: number;
  readonly inputs: number;
  /** Name of the file, without its folder. */
  readonly location: string;
  /** Offset of the numbers, [outputs, blocks, INT8_BLOCK] bytes. */
  readonly bytesOffset: number;
  /** Offset of the scales, [outputs, blocks] float32. */
  readonly scalesOffset: number;
  /** Numbers and scales together. */
  readonly size: number;
}

/** The trained matrix that an 8-bit file is derived from. */
export interface Int8Source {
  /** Changes whenever the trained file does. */
  readonly version: string;
  /** Reader of the trained file. */
  readonly reader: Required<ByteReader>;
  /** [outputs, inputs] */
  readonly weight: Weight;
}

/** The file begins with JSON, padded with spaces; the numbers behind it start at a page of memory. */
const HEADER_BYTES = 4096;
const FORMAT = 'paperdesk int8 1';

/** Path of the 8-bit file of a trained file: beside it. */
export function int8PathOf(forecastPath: string): string {
  return join(dirname(forecastPath), `.${basename(forecastPath)}.int8`);
}

/** Removes the 8-bit file of a trained file, where both are there. */
export async function removeInt8File(forecastPath: string): Promise<void> {
  try {
    await rm(int8PathOf(await realpath(forecastPath)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/**
 * Passes the 8-bit matrix of `source` in the file `path` to `use`. The file is derived and may be deleted at any time:
 * it is written again when it is missing, damaged or of another source. Takes a few megabytes of memory for any size.
 * @param use gets the open file, which is closed afterwards
 * @throws what the file system and reading the source throw
 */
export async function withInt8File<T>(
  path: string,
  source: Int8Source,
  use: (matrix: Int8Matrix, handle: FileHandle) => Promise<T>,
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

function layout(path: string, { shape }: Weight): Int8Matrix {
  const [outputs = 1, inputs = 1] = shape;
  const blocks = outputs * blocksPerRow(inputs);
  return {
    outputs,
    inputs,
    location: basename(path),
    bytesOffset: HEADER_BYTES,
    scalesOffset: HEADER_BYTES + blocks * INT8_BLOCK,
    size: blocks * (INT8_BLOCK + Float32Array.BYTES_PER_ELEMENT),
  };
}

function header({ outputs, inputs }: Int8Matrix, version: string, crc: number): Buffer {
  const facts = { format: FORMAT, version, outputs, inputs, block: INT8_BLOCK, crc32: crc };
  return Buffer.from(JSON.stringify(facts).padEnd(HEADER_BYTES));
}

async function isIntact(path: string, matrix: Int8Matrix, version: string): Promise<boolean> {
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

/** Writes under another name first, so that a reader of `path` sees a whole file or none. */
async function write(path: string, matrix: Int8Matrix, source: Int8Source): Promise<void> {
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

/** @returns the CRC-32 of numbers and scales */
async function writeNumbers(
  handle: FileHandle,
  { outputs, inputs, bytesOffset, scalesOffset }: Int8Matrix,
  source: Int8Source,
): Promise<number> {
  const blocks = blocksPerRow(inputs);
  const maxRows = Math.max(1, Math.floor(CHUNK_BYTES / Float32Array.BYTES_PER_ELEMENT / inputs));
  const rows = new Float32Array(maxRows * inputs);
  const bytes = new Uint8Array(maxRows * blocks * INT8_BLOCK);
  const scales = new Float32Array(outputs * blocks);
  const readElements = elementReader(source, rows.length);
  let crc = 0;
  for (let from = 0; from < outputs; from += maxRows) {
    const count = Math.min(maxRows, outputs - from);
    await readElements(from * inputs, rows.subarray(0, count * inputs));
    for (let row = 0; row < count; row++) {
      quantizeRow(
        rows.subarray(row * inputs, (row + 1) * inputs),
        bytes.subarray(row * blocks * INT8_BLOCK, (row + 1) * blocks * INT8_BLOCK),
        scales.subarray((from + row) * blocks, (from + row + 1) * blocks),
      );
    }
    const written = bytes.subarray(0, count * blocks * INT8_BLOCK);
    crc = crc32(written, crc);
    await writeAll(handle, written, bytesOffset + from * blocks * INT8_BLOCK);
  }
  const scaleBytes = new Uint8Array(scales.buffer);
  await writeAll(handle, scaleBytes, scalesOffset);
  return crc32(scaleBytes, crc);
}

/** @returns a function that fills `target` with the numbers of the matrix, beginning with element `from` */
function elementReader({ reader, weight }: Int8Source, maxElements: number) {
  if ('values' in weight) {
    return async (from: number, target: Float32Array) => {
      target.set(weight.values.subarray(from, from + target.length));
    };
  }
  const size = DTYPES[weight.type].bytes;
  const buffer = new Uint8Array(maxElements * size);
  return async (from: number, target: Float32Array) => {
    const bytes = buffer.subarray(0, target.length * size);
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
