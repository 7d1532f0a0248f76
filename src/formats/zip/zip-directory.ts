import { PaperdeskError } from '../../errors.ts';
import type { ByteReader } from '../byte-reader.ts';
import { decodeName } from './zip-names.ts';

// Layouts and signatures: PKWARE APPNOTE.TXT 4.3.
const END_SIGNATURE = 0x06054b50;
const END_BYTES = 22;
const ZIP64_LOCATOR_SIGNATURE = 0x07064b50;
const ZIP64_LOCATOR_BYTES = 20;
const ZIP64_END_SIGNATURE = 0x06064b50;
const ZIP64_END_BYTES = 56;
const CENTRAL_SIGNATURE = 0x02014b50;
const CENTRAL_BYTES = 46;
const MAX_U16 = 0xffff;
export const MAX_U32 = 0xffffffff;

// The limits of packages.md#20; the file itself bounds the sizes of stored members.
const MAX_ENTRIES = 4096;
const MAX_DIRECTORY_BYTES = 2 ** 21;

/** A member in the central directory. */
export interface CentralEntry {
  readonly name: string;
  readonly rawName: Uint8Array;
  readonly flags: number;
  readonly method: number;
  readonly crc32: number;
  readonly compressedSize: number;
  readonly size: number;
  readonly headerOffset: number;
}

/** The central directory; its offset is where the last member ends. */
export interface CentralDirectory {
  readonly offset: number;
  readonly entries: readonly CentralEntry[];
}

interface EndRecord {
  readonly entries: number;
  readonly size: number;
  readonly offset: number;
}

/** @throws ZIP_MALFORMED, ZIP_FORBIDDEN, ZIP_TOO_LARGE */
export async function readCentralDirectory(reader: ByteReader): Promise<CentralDirectory> {
  const end = await readEndRecord(reader);
  if (end.entries > MAX_ENTRIES || end.size > MAX_DIRECTORY_BYTES) {
    throw new PaperdeskError(
      'ZIP_TOO_LARGE',
      `The zip container lists ${end.entries} members in ${end.size} bytes; at most ${MAX_ENTRIES} members in ` +
        `${MAX_DIRECTORY_BYTES} bytes are accepted.`,
    );
  }
  if (end.size < end.entries * CENTRAL_BYTES) {
    throw malformed(`${end.entries} members cannot be listed in ${end.size} bytes`);
  }
  const bytes = await reader.read(end.offset, end.size);
  const entries: CentralEntry[] = [];
  const names = new Set<string>();
  let at = 0;
  while (entries.length < end.entries) {
    const { entry, next } = readCentralEntry(bytes, at);
    if (names.has(entry.name)) {
      throw forbidden(`holds ${JSON.stringify(entry.name)} twice`);
    }
    names.add(entry.name);
    entries.push(entry);
    at = next;
  }
  if (at !== end.size) throw malformed(`${end.size - at} bytes of its directory belong to no member`);
  return { offset: end.offset, entries };
}

async function readEndRecord(reader: ByteReader): Promise<EndRecord> {
  if (reader.size < END_BYTES) throw malformed(`${reader.size} bytes are too few for a zip container`);
  const endOffset = reader.size - END_BYTES;
  const tailOffset = Math.max(0, endOffset - ZIP64_LOCATOR_BYTES - ZIP64_END_BYTES);
  const tail = dataView(await reader.read(tailOffset, reader.size - tailOffset));
  const at = endOffset - tailOffset;
  if (tail.getUint32(at, true) !== END_SIGNATURE || tail.getUint16(at + 20, true) !== 0) {
    throw malformed(
      'it does not end with an end record; the file is cut off, or a comment or other bytes follow its end',
    );
  }
  const record = {
    entries: tail.getUint16(at + 10, true),
    size: tail.getUint32(at + 12, true),
    offset: tail.getUint32(at + 16, true),
  };
  if (tail.getUint16(at + 4, true) !== 0 || tail.getUint16(at + 6, true) !== 0) {
    throw forbidden('is one of several volumes');
  }
  if (tail.getUint16(at + 8, true) !== record.entries) throw malformed('its counts of members differ');

  const locator = at - ZIP64_LOCATOR_BYTES;
  const isZip64 = locator >= 0 && tail.getUint32(locator, true) === ZIP64_LOCATOR_SIGNATURE;
  const result = isZip64 ? readZip64End(tail, locator, tailOffset, record) : record;
  const directoryEnd = isZip64 ? tailOffset + locator - ZIP64_END_BYTES : endOffset;
  if (result.offset + result.size !== directoryEnd) {
    throw malformed(
      `its directory is said to take ${result.size} bytes from offset ${result.offset} on, ` +
        `but it ends at ${directoryEnd}`,
    );
  }
  return result;
}

/** The zip64 end record; it must be right before its locator and agree with the plain end record. */
function readZip64End(tail: DataView, locator: number, tailOffset: number, plain: EndRecord): EndRecord {
  const at = locator - ZIP64_END_BYTES;
  if (at < 0 || tail.getUint32(at, true) !== ZIP64_END_SIGNATURE) {
    throw malformed('its zip64 end record is missing');
  }
  if (readU64(tail, locator + 8) !== tailOffset + at || readU64(tail, at + 4) !== ZIP64_END_BYTES - 12) {
    throw malformed('its zip64 end record is not where it is said to be');
  }
  const volumes = [locator + 4, at + 16, at + 20].map((offset) => tail.getUint32(offset, true));
  if (tail.getUint32(locator + 16, true) !== 1 || volumes.some((volume) => volume !== 0)) {
    throw forbidden('is one of several volumes');
  }
  const record = {
    entries: readU64(tail, at + 32),
    size: readU64(tail, at + 40),
    offset: readU64(tail, at + 48),
  };
  const agrees = (small: number, large: number, max: number) => small === large || small === max;
  if (
    readU64(tail, at + 24) !== record.entries ||
    !agrees(plain.entries, record.entries, MAX_U16) ||
    !agrees(plain.size, record.size, MAX_U32) ||
    !agrees(plain.offset, record.offset, MAX_U32)
  ) {
    throw malformed('its end record and its zip64 end record contradict each other');
  }
  return record;
}

function readCentralEntry(bytes: Uint8Array, at: number): { entry: CentralEntry; next: number } {
  if (at + CENTRAL_BYTES > bytes.length) throw malformed('its directory ends in the middle of a member');
  const view = dataView(bytes);
  if (view.getUint32(at, true) !== CENTRAL_SIGNATURE)
    throw malformed('its directory has an entry without a signature');
  const nameLength = view.getUint16(at + 28, true);
  const extraLength = view.getUint16(at + 30, true);
  const extraAt = at + CENTRAL_BYTES + nameLength;
  const next = extraAt + extraLength + view.getUint16(at + 32, true);
  if (next > bytes.length) throw malformed('its directory ends in the middle of a member');
  const rawName = bytes.subarray(at + CENTRAL_BYTES, extraAt);
  const flags = view.getUint16(at + 8, true);
  const name = decodeName(rawName, flags);
  checkAttributes(name, view.getUint8(at + 5), view.getUint32(at + 38, true));

  const [size, compressedSize, headerOffset] = zip64Values(
    bytes.subarray(extraAt, extraAt + extraLength),
    [view.getUint32(at + 24, true), view.getUint32(at + 20, true), view.getUint32(at + 42, true)],
    name,
  );
  if (view.getUint16(at + 34, true) !== 0) throw forbidden('is one of several volumes');
  return {
    entry: {
      name,
      rawName,
      flags,
      method: view.getUint16(at + 10, true),
      crc32: view.getUint32(at + 16, true),
      size: size!,
      compressedSize: compressedSize!,
      headerOffset: headerOffset!,
    },
    next,
  };
}

/** On Unix the high half of the external attributes is the file's mode. */
function checkAttributes(name: string, madeBy: number, attributes: number): void {
  const type = madeBy === 3 || madeBy === 19 ? (attributes >>> 28) & 0xf : 0;
  const [REGULAR, FOLDER] = [0x8, 0x4];
  if (type !== 0 && type !== REGULAR && type !== FOLDER) {
    throw forbidden(`holds ${JSON.stringify(name)}, which is a link or a device, not a file`);
  }
}

/** Replaces each field of 0xffffffff by its value in the zip64 extra field, in the order of `fields`. */
export function zip64Values(extra: Uint8Array, fields: readonly number[], name: string): number[] {
  const view = dataView(extra);
  const count = fields.filter((field) => field === MAX_U32).length;
  if (count === 0) return [...fields];
  let at = 0;
  while (at + 4 <= extra.length) {
    const length = view.getUint16(at + 2, true);
    if (at + 4 + length > extra.length) break;
    if (view.getUint16(at, true) === 1) {
      if (length < count * 8) break;
      let value = at + 4;
      return fields.map((field) => {
        if (field !== MAX_U32) return field;
        value += 8;
        return readU64(view, value - 8);
      });
    }
    at += 4 + length;
  }
  throw malformed(`the zip64 sizes of ${JSON.stringify(name)} are missing`);
}

/** A 64-bit count; beyond 2^53 it is inexact, but still larger than any file. */
export function readU64(view: DataView, offset: number): number {
  return view.getUint32(offset + 4, true) * 2 ** 32 + view.getUint32(offset, true);
}

export function dataView(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export function malformed(reason: string): PaperdeskError {
  return new PaperdeskError('ZIP_MALFORMED', `The zip container is not valid: ${reason}.`);
}

export function forbidden(what: string): PaperdeskError {
  return new PaperdeskError('ZIP_FORBIDDEN', `The zip container ${what}, which is not accepted.`);
}
