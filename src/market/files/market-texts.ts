import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { PaperdeskError } from '../../errors.ts';
import { withFileReader } from '../../formats/byte-reader.ts';
import type { ZipEntry } from '../../formats/model-files.ts';
import { readEntry, readZip } from '../../formats/zip/zip.ts';

/** Ten million candles; a packed file with more is not market data. */
const MAX_TEXT_BYTES = 512 * 1024 * 1024;
/** Text that is read, and cut into rows, at once. */
const PIECE_BYTES = 2 ** 18;

/** Where the text of a file is: the file itself, gzipped or not, or a member of a zip container. */
export interface TextPlace {
  readonly path: string;
  readonly member?: string;
}

/** Whether a file is a zip container. */
export async function isZip(path: string): Promise<boolean> {
  return (await firstBytes(path)).startsWith('PK\x03\x04');
}

/** The members of a zip container. @throws ZIP_MALFORMED, ZIP_FORBIDDEN, ZIP_TOO_LARGE */
export function zipMembers(path: string): Promise<readonly ZipEntry[]> {
  return withFileReader(path, async (reader) => [...(await readZip(reader)).values()]);
}

/**
 * The text of a file in pieces; a member of a zip container is unpacked in memory, within the limits of packages.md#20.
 * @throws PaperdeskError MARKET_DATA_INVALID when it is no text or cannot be decompressed; ZIP_*
 */
export async function* readText({ path, member }: TextPlace): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8');
  let size = 0;
  for await (const bytes of member === undefined ? fileBytes(path) : memberBytes(path, member)) {
    size += bytes.length;
    if (size > MAX_TEXT_BYTES) throw invalid(`it has more than ${MAX_TEXT_BYTES} bytes of text`);
    if (bytes.includes(0)) throw invalid('it is not text in UTF-8');
    // The decoder removes a byte order mark.
    yield decoder.decode(bytes, { stream: true });
  }
  yield decoder.decode();
}

async function* fileBytes(path: string): AsyncGenerator<Uint8Array> {
  const start = await firstBytes(path);
  const file = createReadStream(path, { highWaterMark: PIECE_BYTES });
  if (!start.startsWith('\x1f\x8b')) return yield* chunksOf(file);
  try {
    // A failing source ends its reader too.
    file.on('error', (error) => unpacked.destroy(error));
    const unpacked = file.pipe(createGunzip());
    yield* chunksOf(unpacked);
  } catch (cause) {
    if (cause instanceof PaperdeskError) throw cause;
    throw invalid(`it cannot be decompressed: ${(cause as Error).message}`, cause);
  } finally {
    file.destroy();
  }
}

async function* chunksOf(stream: Readable): AsyncGenerator<Uint8Array> {
  for await (const chunk of stream) yield chunk as Uint8Array;
}

async function* memberBytes(path: string, member: string): AsyncGenerator<Uint8Array> {
  const bytes = await withFileReader(path, async (reader) => {
    const entry = (await readZip(reader)).get(member);
    if (entry === undefined) throw invalid(`${JSON.stringify(member)} is not in it any more`);
    return readEntry(reader, entry, MAX_TEXT_BYTES);
  });
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}

async function firstBytes(path: string): Promise<string> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.subarray(0, bytesRead).toString('latin1');
  } finally {
    await handle.close();
  }
}

function invalid(problem: string, cause?: unknown): PaperdeskError {
  return new PaperdeskError('MARKET_DATA_INVALID', `It cannot be used: ${problem}.`, { cause });
}
