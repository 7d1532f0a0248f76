import { crc32 } from 'node:zlib';
import { PaperdeskError } from '../../errors.ts';
import { type ByteReader, memoryReader, rangeReader } from '../byte-reader.ts';
import { forEachSlice } from '../chunks.ts';
import { decompressDeflate } from '../decompress.ts';
import type { ZipEntry } from '../model-files.ts';
import { readCentralDirectory } from './zip-directory.ts';
import { locateEntries } from './zip-entries.ts';

/** Of one deflated member, and of all of them together (packages.md#20). */
const MAX_INFLATED_BYTES = 64 * 2 ** 20;

/** A local header, or the end record of an empty container. */
const MAGICS = ['PK\x03\x04', 'PK\x05\x06'];

/** Whether the file starts like a zip container. */
export async function startsLikeZip(reader: ByteReader): Promise<boolean> {
  if (reader.size < 4) return false;
  return MAGICS.includes(Buffer.from(await reader.read(0, 4)).toString('latin1'));
}

/**
 * Reads the directory of a zip container. Every byte must be accounted for: members lie end to end from offset 0 to the
 * central directory, local and central headers agree, nothing precedes, overlaps or follows.
 * @returns the members by name, without folders
 * @throws ZIP_MALFORMED, ZIP_FORBIDDEN (encryption, methods, names, links, comments), ZIP_TOO_LARGE
 */
export async function readZip(reader: ByteReader): Promise<Map<string, ZipEntry>> {
  const directory = await readCentralDirectory(reader);
  const entries = await locateEntries(reader, directory);
  const inflated = entries.reduce((sum, entry) => sum + (entry.method === 'deflated' ? entry.size : 0), 0);
  if (inflated > MAX_INFLATED_BYTES) {
    throw new PaperdeskError(
      'ZIP_TOO_LARGE',
      `The compressed members of the zip container inflate to ${inflated} bytes; at most ` +
        `${MAX_INFLATED_BYTES} are accepted.`,
    );
  }
  return new Map(entries.filter((entry) => !entry.name.endsWith('/')).map((entry) => [entry.name, entry]));
}

/**
 * Reads all bytes of a member, inflated.
 * @throws ZIP_TOO_LARGE beyond `maxBytes`; ZIP_MALFORMED when size or CRC-32 differ from the declared ones
 */
export async function readEntry(reader: ByteReader, entry: ZipEntry, maxBytes: number): Promise<Uint8Array> {
  if (entry.size > maxBytes) {
    throw new PaperdeskError(
      'ZIP_TOO_LARGE',
      `${JSON.stringify(entry.name)} in the zip container has ${entry.size} bytes; at most ${maxBytes} are accepted.`,
    );
  }
  const raw = await reader.read(entry.dataOffset, entry.compressedSize);
  const bytes = entry.method === 'stored' ? raw : await inflate(raw, entry);
  checkCrc(entry, crc32(bytes));
  return bytes;
}

/**
 * A reader of the bytes of a member: in place, or inflated in memory where it is deflated.
 * @throws ZIP_TOO_LARGE, ZIP_MALFORMED as `readEntry`, for deflated members
 */
export async function entryReader(reader: ByteReader, entry: ZipEntry): Promise<ByteReader> {
  if (entry.method === 'stored') return rangeReader(reader, entry.dataOffset, entry.size);
  return memoryReader(await readEntry(reader, entry, MAX_INFLATED_BYTES));
}

/**
 * Passes the bytes of a member to `visit` in chunks of 1 MiB, with other work of the event loop in between, and checks
 * their CRC-32 at the end. `offset` counts from the start of the member; the memory of a chunk is reused.
 * @throws ZIP_TOO_LARGE, ZIP_MALFORMED, what `visit` throws
 */
export async function forEachChunk(
  reader: ByteReader,
  entry: ZipEntry,
  visit: (chunk: Uint8Array, offset: number) => void,
): Promise<void> {
  let crc = 0;
  const checkAndVisit = (chunk: Uint8Array, offset: number) => {
    crc = crc32(chunk, crc);
    visit(chunk, offset);
  };
  if (entry.method === 'stored') {
    await forEachSlice(reader, entry.dataOffset, entry.size, checkAndVisit);
  } else {
    await forEachSlice(await entryReader(reader, entry), 0, entry.size, checkAndVisit);
  }
  checkCrc(entry, crc);
}

async function inflate(raw: Uint8Array, entry: ZipEntry): Promise<Uint8Array> {
  let result: Awaited<ReturnType<typeof decompressDeflate>>;
  try {
    result = await decompressDeflate(raw, Math.max(entry.size, 1));
  } catch (cause) {
    throw damaged(entry, `does not inflate to the ${entry.size} bytes it declares`, cause);
  }
  const { bytes, consumed } = result;
  if (bytes.length === entry.size && consumed === raw.length) return bytes;
  throw damaged(
    entry,
    `inflates ${consumed} of ${raw.length} bytes to ${bytes.length}; ${entry.size} are declared`,
  );
}

function checkCrc(entry: ZipEntry, crc: number): void {
  if (crc === entry.crc32) return;
  const hex = (value: number) => value.toString(16).padStart(8, '0');
  throw damaged(
    entry,
    `has the CRC-32 ${hex(crc)}, but ${hex(entry.crc32)} is declared: the file was damaged in transfer; send it again`,
  );
}

function damaged({ name }: ZipEntry, reason: string, cause?: unknown): PaperdeskError {
  const detail = `${JSON.stringify(name)} in the zip container ${reason}.`;
  return new PaperdeskError('ZIP_MALFORMED', detail, { cause });
}
