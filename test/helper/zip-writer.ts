import { crc32, deflateRawSync } from 'node:zlib';

/** A member of a container. Name and content are enough; everything else makes the container unusual or wrong. */
export interface Member {
  readonly name: string;
  readonly content: Uint8Array;
  readonly deflated?: boolean;
  readonly method?: number;
  readonly flags?: number;
  /** Sizes and CRC only in a data descriptor behind the data, as torch writes them. */
  readonly descriptor?: 'signed' | 'unsigned' | 'signed64' | 'unsigned64' | undefined;
  /** The data starts at a multiple of this, by padding in the local extra field, as torch writes it. */
  readonly alignment?: number;
  /** Sizes in a zip64 extra field of the local header, as Python's force_zip64 does. */
  readonly localZip64?: boolean;
  readonly centralZip64?: boolean;
  readonly attributes?: number;
  readonly madeBy?: number;
  readonly localExtra?: Buffer;
  /** Fields that differ in one header only. */
  readonly local?: HeaderFields;
  readonly central?: HeaderFields & { readonly offset?: number; readonly disk?: number };
  /** Bytes between this member and the next. */
  readonly gap?: Buffer;
}

/** A member whose content may also come in pieces, each reused once the next is requested; pieces need a descriptor. */
export type StreamedMember = Omit<Member, 'content'> & {
  readonly content: Uint8Array | Iterable<Uint8Array>;
};

interface HeaderFields {
  readonly name?: string;
  readonly method?: number;
  readonly flags?: number;
  readonly crc?: number;
  readonly size?: number;
  readonly compressedSize?: number;
}

/** Changes to what surrounds the members. */
export interface EndFields {
  readonly prefix?: Buffer;
  readonly suffix?: Buffer;
  readonly comment?: Buffer;
  readonly entries?: number;
  readonly directorySize?: number;
  readonly directoryOffset?: number;
  readonly disk?: number;
  /** Write the zip64 end record and its locator, as torch always does. */
  readonly zip64?: boolean;
  readonly zip64Fields?: {
    readonly entries?: number;
    readonly size?: number;
    readonly offset?: number;
    readonly recordOffset?: number;
    readonly recordSize?: number;
    readonly disks?: number;
  };
}

/** Takes the bytes of a file in order. */
export type Sink = (bytes: Uint8Array) => void;

const u16 = (value: number) => Buffer.from([value & 0xff, (value >> 8) & 0xff]);
const u32 = (value: number) => {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value >>> 0);
  return buffer;
};
const u64 = (value: number) => {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64LE(BigInt(value));
  return buffer;
};
const MAX = 0xffffffff;
const NOTHING = Buffer.alloc(0);
/** Fixed part of a local header. */
const LOCAL_BYTES = 30;

/** A zip container in memory, valid or not as the fields say. */
export function writeZip(members: Iterable<StreamedMember>, end: EndFields = {}): Buffer {
  const pieces: Buffer[] = [];
  writeZipTo((bytes) => pieces.push(Buffer.from(bytes)), members, end);
  return Buffer.concat(pieces);
}

/** Writes a zip container piece by piece; takes little memory for any size where contents are pieces. */
export function writeZipTo(sink: Sink, members: Iterable<StreamedMember>, end: EndFields = {}): void {
  let offset = 0;
  const write: Sink = (bytes) => {
    sink(bytes);
    offset += bytes.length;
  };
  write(end.prefix ?? NOTHING);
  const entries: Buffer[] = [];
  for (const member of members) {
    const start = offset;
    const written = writeMember(write, member, start);
    entries.push(centralHeader(member, written, start));
  }
  const directory = Buffer.concat(entries);
  const start = offset;
  write(directory);
  if (end.zip64 === true) write(zip64End(end, entries.length, directory.length, start));
  const comment = end.comment ?? NOTHING;
  const disk = end.disk ?? 0;
  const count = end.entries ?? entries.length;
  write(
    Buffer.concat([
      Buffer.concat([u32(0x06054b50), u16(disk), u16(disk), u16(count), u16(count)]),
      Buffer.concat([u32(end.directorySize ?? directory.length), u32(end.directoryOffset ?? start)]),
      Buffer.concat([u16(comment.length), comment, end.suffix ?? NOTHING]),
    ]),
  );
}

interface Written {
  readonly crc: number;
  readonly size: number;
  readonly compressedSize: number;
}

/** Writes local header, data, descriptor and gap. */
function writeMember(write: Sink, member: StreamedMember, offset: number): Written {
  if (!(member.content instanceof Uint8Array)) {
    if (member.descriptor === undefined) throw new Error('Content in pieces needs a descriptor.');
    write(localHeader(member, { crc: 0, size: 0, compressedSize: 0 }, offset));
    let crc = 0;
    let size = 0;
    for (const piece of member.content) {
      crc = crc32(piece, crc);
      size += piece.length;
      write(piece);
    }
    const written = { crc, size, compressedSize: size };
    write(Buffer.concat([descriptor(member, written), member.gap ?? NOTHING]));
    return written;
  }
  const { content } = member;
  const data = member.deflated === true ? deflateRawSync(content) : content;
  const written = { crc: crc32(content), size: content.length, compressedSize: data.length };
  const isLater = member.descriptor !== undefined;
  write(localHeader(member, isLater ? { crc: 0, size: 0, compressedSize: 0 } : written, offset));
  write(data);
  write(Buffer.concat([descriptor(member, written), member.gap ?? NOTHING]));
  return written;
}

type Fields = Omit<Member, 'content'>;

function flagsOf({ flags, descriptor }: Fields): number {
  return flags ?? (descriptor === undefined ? 0 : 8) | 0x800;
}

function methodOf({ method, deflated }: Fields): number {
  return method ?? (deflated === true ? 8 : 0);
}

function localHeader(member: Fields, written: Written, offset: number): Buffer {
  const { local = {}, localZip64: zip64 = false, alignment } = member;
  const { crc, size, compressedSize } = { ...written, ...local };
  const name = Buffer.from(local.name ?? member.name);
  const extra = Buffer.concat([
    zip64 ? Buffer.concat([u16(1), u16(16), u64(size), u64(compressedSize)]) : NOTHING,
    member.localExtra ?? NOTHING,
    alignment === undefined ? NOTHING : padding(offset + LOCAL_BYTES + name.length, alignment),
  ]);
  return Buffer.concat([
    Buffer.concat([u32(0x04034b50), u16(20), u16(local.flags ?? flagsOf(member))]),
    Buffer.concat([u16(local.method ?? methodOf(member)), u32(0), u32(crc)]),
    Buffer.concat([u32(zip64 ? MAX : compressedSize), u32(zip64 ? MAX : size)]),
    Buffer.concat([u16(name.length), u16(extra.length), name, extra]),
  ]);
}

/** torch's extra field "FB" that lets the data behind it start at a multiple of `alignment`. */
function padding(offset: number, alignment: number): Buffer {
  const length = (alignment - ((offset + 4) % alignment)) % alignment;
  return Buffer.concat([Buffer.from('FB'), u16(length), Buffer.alloc(length, 'Z')]);
}

function descriptor({ descriptor: kind }: Fields, { crc, size, compressedSize }: Written): Buffer {
  if (kind === undefined) return NOTHING;
  const sized = kind.endsWith('64') ? u64 : u32;
  const signature = kind.startsWith('signed') ? u32(0x08074b50) : NOTHING;
  return Buffer.concat([signature, u32(crc), sized(compressedSize), sized(size)]);
}

function centralHeader(member: Fields, written: Written, start: number): Buffer {
  const { central = {}, centralZip64: zip64 = false } = member;
  const { crc, size, compressedSize, offset } = { offset: start, ...written, ...central };
  const name = Buffer.from(central.name ?? member.name);
  const extra = zip64
    ? Buffer.concat([u16(1), u16(24), u64(size), u64(compressedSize), u64(offset)])
    : NOTHING;
  return Buffer.concat([
    Buffer.concat([u32(0x02014b50), Buffer.from([20, member.madeBy ?? 3]), u16(20)]),
    Buffer.concat([u16(central.flags ?? flagsOf(member)), u16(central.method ?? methodOf(member))]),
    Buffer.concat([u32(0), u32(crc), u32(zip64 ? MAX : compressedSize), u32(zip64 ? MAX : size)]),
    Buffer.concat([u16(name.length), u16(extra.length), u16(0), u16(central.disk ?? 0), u16(0)]),
    Buffer.concat([u32(member.attributes ?? 0), u32(zip64 ? MAX : offset), name, extra]),
  ]);
}

/** The zip64 end record and its locator. */
function zip64End({ zip64Fields: fields = {} }: EndFields, count: number, size: number, start: number) {
  const entries = u64(fields.entries ?? count);
  return Buffer.concat([
    Buffer.concat([u32(0x06064b50), u64(fields.recordSize ?? 44), u16(45), u16(45), u32(0), u32(0)]),
    Buffer.concat([entries, entries, u64(fields.size ?? size), u64(fields.offset ?? start)]),
    Buffer.concat([
      u32(0x07064b50),
      u32(0),
      u64(fields.recordOffset ?? start + size),
      u32(fields.disks ?? 1),
    ]),
  ]);
}
