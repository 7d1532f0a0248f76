import { promisify } from 'node:util';
import { crc32, inflateRaw } from 'node:zlib';
import { PaperdeskError } from '../../errors.ts';
import type { ByteReader } from '../byte-reader.ts';
import { forEachSlice } from '../chunks.ts';
import type { ZipEntry } from '../model-files.ts';
import { readCentralDirectory } from './zip-directory.ts';
import { locateEntries } from './zip-entries.ts';

/** What a container may hold; the sizes of stored members are bounded by the file itself. */
export const ZIP_LIMITS = {
  entries: 4096,
  directoryBytes: 2 ** 21,
  nameBytes: 512,
  /** Of one deflated member, and of all of them together. */
  inflatedBytes: 64 * 2 ** 20,
} as const;

const ZIP_MAGIC = [0x50, 0x4b];

/** Whether the file starts like a zip container. */
export async function startsLikeZip(reader: ByteReader): Promise<boolean> {
  if (reader.size < 4) return false;
  const head = await reader.read(0, 4);
  const kind = head[2]! * 256 + head[3]!;
  return head[0] === ZIP_MAGIC[0] && head[1] === ZIP_MAGIC[1] && (kind === 0x0304 || kind === 0x0506);
}

/**
 * The members of a zip container by name, without its folders.
 *
 * Every byte has to be accounted for: members lie end to end from offset 0 to the central directory, local and
 * central headers say the same, nothing precedes, overlaps or follows.
 * @throws ZIP_MALFORMED, ZIP_FORBIDDEN (encryption, methods, names, links, comments) and ZIP_TOO_LARGE.
 */
export async function readZip(reader: ByteReader): Promise<Map<string, ZipEntry>> {
  const directory = await readCentralDirectory(reader, ZIP_LIMITS);
  const entries = await locateEntries(reader, directory);
  const inflated = entries.reduce((sum, entry) => sum + (entry.method === 'deflated' ? entry.size : 0), 0);
  if (inflated > ZIP_LIMITS.inflatedBytes) {
    throw new PaperdeskError(
      'ZIP_TOO_LARGE',
      `The compressed members of the zip container hold ${inflated} bytes; ${ZIP_LIMITS.inflatedBytes} are accepted.`,
    );
  }
  return new Map(entries.filter((entry) => !entry.name.endsWith('/')).map((entry) => [entry.name, entry]));
}

/**
 * All bytes of one member, inflated.
 * @throws ZIP_TOO_LARGE beyond `limit` bytes, ZIP_MALFORMED when size or CRC-32 differ from what is declared.
 */
export async function readEntry(reader: ByteReader, entry: ZipEntry, limit: number): Promise<Uint8Array> {
  if (entry.size > limit) {
    throw new PaperdeskError(
      'ZIP_TOO_LARGE',
      `${quote(entry)} in the zip container has ${entry.size} bytes; ${limit} are accepted.`,
    );
  }
  const raw = await reader.read(entry.dataOffset, entry.compressedSize);
  const bytes = entry.method === 'stored' ? raw : await inflate(raw, entry);
  checkCrc(entry, crc32(bytes));
  return bytes;
}

/**
 * Hands the bytes of one member to `visit`, about 1 MiB at a time with the event loop free in between, and checks
 * their CRC-32 at the end. `offset` counts from the start of the member; chunks start at multiples of 1 MiB, and
 * their memory is used again.
 */
export async function forEachChunk(
  reader: ByteReader,
  entry: ZipEntry,
  visit: (chunk: Uint8Array, offset: number) => void,
): Promise<void> {
  let crc = 0;
  const check = (chunk: Uint8Array, offset: number) => {
    crc = crc32(chunk, crc);
    visit(chunk, offset);
  };
  if (entry.method === 'stored') {
    await forEachSlice(reader, entry.dataOffset, entry.size, check);
  } else {
    const bytes = await readEntry(reader, entry, ZIP_LIMITS.inflatedBytes);
    await forEachSlice(
      { size: bytes.length, read: async (at, n) => bytes.subarray(at, at + n) },
      0,
      bytes.length,
      check,
    );
  }
  checkCrc(entry, crc);
}

async function inflate(raw: Uint8Array, entry: ZipEntry): Promise<Uint8Array> {
  let bytes: Uint8Array;
  let consumed: number;
  try {
    const result = await inflateWithInfo(raw, { maxOutputLength: Math.max(entry.size, 1), info: true });
    bytes = result.buffer;
    consumed = result.engine.bytesWritten;
  } catch (cause) {
    throw new PaperdeskError(
      'ZIP_MALFORMED',
      `${quote(entry)} in the zip container does not inflate to the ${entry.size} bytes it declares.`,
      { cause },
    );
  }
  if (bytes.length !== entry.size || consumed !== raw.length) {
    throw new PaperdeskError(
      'ZIP_MALFORMED',
      `${quote(entry)} in the zip container inflates ${consumed} of ${raw.length} bytes to ${bytes.length}; ` +
        `${entry.size} are declared.`,
    );
  }
  return bytes;
}

// With `info: true` zlib answers the stream too, which its types do not tell.
const inflateWithInfo = promisify(inflateRaw) as unknown as (
  bytes: Uint8Array,
  options: { maxOutputLength: number; info: true },
) => Promise<{ buffer: Uint8Array; engine: { bytesWritten: number } }>;

function checkCrc(entry: ZipEntry, crc: number): void {
  if (crc === entry.crc32) return;
  const hex = (value: number) => value.toString(16).padStart(8, '0');
  throw new PaperdeskError(
    'ZIP_MALFORMED',
    `${quote(entry)} in the zip container has the CRC-32 ${hex(crc)}, but ${hex(entry.crc32)} is declared: ` +
      'the file was damaged on its way; send it again.',
  );
}

function quote(entry: ZipEntry): string {
  return JSON.stringify(entry.name);
}
