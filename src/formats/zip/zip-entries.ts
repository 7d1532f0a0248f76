import type { ByteReader } from '../byte-reader.ts';
import type { ZipEntry } from '../model-files.ts';
import {
  type CentralDirectory,
  type CentralEntry,
  dataView,
  forbidden,
  MAX_U32,
  malformed,
  readU64,
  zip64Values,
} from './zip-directory.ts';

const LOCAL_SIGNATURE = 0x04034b50;
const LOCAL_BYTES = 30;
const DESCRIPTOR_SIGNATURE = 0x08074b50;
const FLAG_DESCRIPTOR = 1 << 3;
const FLAGS_ENCRYPTION = (1 << 0) | (1 << 6) | (1 << 13);
/** Options of deflate, data descriptor, UTF-8 names. */
const FLAGS_KNOWN = (1 << 1) | (1 << 2) | FLAG_DESCRIPTOR | (1 << 11);
const STORED = 0;
const DEFLATED = 8;
/** The largest expansion of a deflate stream (RFC 1951: 258 bytes from 2 bits). */
const MAX_RATIO = 1032;

/**
 * Compares the local header (and data descriptor) of each member with the directory.
 * @returns the members with the offsets of their data
 * @throws ZIP_MALFORMED where they differ or members do not lie end to end; ZIP_FORBIDDEN for methods and flags
 */
export async function locateEntries(reader: ByteReader, directory: CentralDirectory): Promise<ZipEntry[]> {
  const inOrder = [...directory.entries].sort((a, b) => a.headerOffset - b.headerOffset);
  const first = inOrder[0]?.headerOffset ?? directory.offset;
  if (first !== 0) throw forbidden(`is preceded by ${first} other bytes`);
  const entries: ZipEntry[] = [];
  for (const [i, central] of inOrder.entries()) {
    const end = inOrder[i + 1]?.headerOffset ?? directory.offset;
    entries.push(await locateEntry(reader, central, end));
  }
  return entries;
}

async function locateEntry(reader: ByteReader, central: CentralEntry, end: number): Promise<ZipEntry> {
  const { name, size, compressedSize, headerOffset, flags, method } = central;
  checkMethod(central);
  const headerEnd = headerOffset + LOCAL_BYTES + central.rawName.length;
  if (headerEnd > end) throw overlap(name);
  const header = await reader.read(headerOffset, headerEnd - headerOffset);
  const view = dataView(header);
  if (
    view.getUint32(0, true) !== LOCAL_SIGNATURE ||
    view.getUint16(26, true) !== central.rawName.length ||
    Buffer.compare(header.subarray(LOCAL_BYTES), central.rawName) !== 0 ||
    view.getUint16(6, true) !== flags ||
    view.getUint16(8, true) !== method
  ) {
    throw disagree(name);
  }
  const extraLength = view.getUint16(28, true);
  const dataOffset = headerEnd + extraLength;
  const dataEnd = dataOffset + compressedSize;
  if (!(dataEnd <= end)) throw overlap(name);

  const sizes = [view.getUint32(22, true), view.getUint32(18, true)];
  const local = sizes.includes(MAX_U32)
    ? zip64Values(await reader.read(headerEnd, extraLength), sizes, name)
    : sizes;
  const declared = [view.getUint32(14, true), ...local];
  const expected = [central.crc32, size, compressedSize];
  const hasDescriptor = (flags & FLAG_DESCRIPTOR) !== 0;
  if (!declared.every((value, i) => value === expected[i] || (hasDescriptor && value === 0)))
    throw disagree(name);

  const tail = end - dataEnd;
  if (hasDescriptor) checkDescriptor(await reader.read(dataEnd, Math.min(tail, 25)), central);
  else if (tail !== 0) throw malformed(`${tail} bytes after ${JSON.stringify(name)} belong to no member`);
  return {
    name,
    method: method === STORED ? 'stored' : 'deflated',
    dataOffset,
    compressedSize,
    size,
    crc32: central.crc32,
  };
}

function checkMethod(entry: CentralEntry): void {
  const name = JSON.stringify(entry.name);
  if ((entry.flags & FLAGS_ENCRYPTION) !== 0) throw forbidden(`holds ${name}, which is encrypted`);
  if ((entry.flags & ~FLAGS_KNOWN) !== 0) {
    throw forbidden(`holds ${name} with the flags ${entry.flags}`);
  }
  if (entry.method !== STORED && entry.method !== DEFLATED) {
    throw forbidden(`holds ${name}, compressed by method ${entry.method} instead of deflate`);
  }
  const { size, compressedSize } = entry;
  const possible = entry.method === STORED ? size === compressedSize : size <= compressedSize * MAX_RATIO;
  if (!possible || (entry.name.endsWith('/') && size !== 0)) {
    throw malformed(`${name} cannot have ${size} bytes in ${compressedSize} bytes`);
  }
}

/** The length of a descriptor shows whether it has a signature and whether its sizes have 32 or 64 bits. */
function checkDescriptor(bytes: Uint8Array, entry: CentralEntry): void {
  const view = dataView(bytes);
  const hasSignature = bytes.length === 16 || bytes.length === 24;
  const wide = bytes.length === 20 || bytes.length === 24;
  if (!hasSignature && !wide && bytes.length !== 12) throw disagree(entry.name);
  if (hasSignature && view.getUint32(0, true) !== DESCRIPTOR_SIGNATURE) throw disagree(entry.name);
  const at = hasSignature ? 4 : 0;
  const compressedSize = wide ? readU64(view, at + 4) : view.getUint32(at + 4, true);
  const size = wide ? readU64(view, at + 12) : view.getUint32(at + 8, true);
  if (
    view.getUint32(at, true) !== entry.crc32 ||
    compressedSize !== entry.compressedSize ||
    size !== entry.size
  ) {
    throw disagree(entry.name);
  }
}

function disagree(name: string) {
  return malformed(`the header of ${JSON.stringify(name)} and the directory contradict each other`);
}

function overlap(name: string) {
  return malformed(`${JSON.stringify(name)} reaches into the data that follows it`);
}
