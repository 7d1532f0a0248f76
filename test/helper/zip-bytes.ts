import { crc32, deflateRawSync } from 'node:zlib';

/** A member for `writeZip`; everything but name and content defaults to what torch or Python would write. */
export interface Member {
  readonly name: string;
  readonly content: Uint8Array;
  readonly deflated?: boolean;
  readonly method?: number;
  readonly flags?: number;
  /** Sizes and CRC only in a data descriptor behind the data, as torch writes them. */
  readonly descriptor?: 'signed' | 'unsigned' | 'signed64' | 'unsigned64' | undefined;
  /** Sizes in a zip64 extra field of the local header, as Python's force_zip64 does. */
  readonly localZip64?: boolean;
  readonly centralZip64?: boolean;
  readonly attributes?: number;
  readonly madeBy?: number;
  readonly localExtra?: Buffer;
  /** Replace fields of the one header and not of the other. */
  readonly local?: HeaderFields;
  readonly central?: HeaderFields & { readonly offset?: number; readonly disk?: number };
  /** Bytes between this member and the next. */
  readonly gap?: Buffer;
}

interface HeaderFields {
  readonly name?: string;
  readonly method?: number;
  readonly flags?: number;
  readonly crc?: number;
  readonly size?: number;
  readonly compressedSize?: number;
}

/** Replaces parts of the end of the container. */
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

/** A zip container, right or wrong as told. */
export function writeZip(members: readonly Member[], end: EndFields = {}): Buffer {
  const parts: Buffer[] = [end.prefix ?? Buffer.alloc(0)];
  const central: Buffer[] = [];
  let offset = parts[0]!.length;
  for (const member of members) {
    const { local, directory } = writeMember(member, offset);
    parts.push(local);
    central.push(directory);
    offset += local.length;
  }
  const directory = Buffer.concat(central);
  const size = end.directorySize ?? directory.length;
  const count = end.entries ?? members.length;
  const start = end.directoryOffset ?? offset;
  parts.push(directory);
  if (end.zip64 === true) {
    const z = end.zip64Fields ?? {};
    const entries = u64(z.entries ?? members.length);
    parts.push(
      Buffer.concat([
        u32(0x06064b50),
        u64(z.recordSize ?? 44),
        u16(45),
        u16(45),
        u32(0),
        u32(0),
        entries,
        entries,
        u64(z.size ?? directory.length),
        u64(z.offset ?? offset),
      ]),
      Buffer.concat([
        u32(0x07064b50),
        u32(0),
        u64(z.recordOffset ?? offset + directory.length),
        u32(z.disks ?? 1),
      ]),
    );
  }
  const comment = end.comment ?? Buffer.alloc(0);
  const disk = end.disk ?? 0;
  parts.push(
    Buffer.concat([u32(0x06054b50), u16(disk), u16(disk), u16(count), u16(count), u32(size), u32(start)]),
    u16(comment.length),
    comment,
    end.suffix ?? Buffer.alloc(0),
  );
  return Buffer.concat(parts);
}

function writeMember(member: Member, offset: number): { local: Buffer; directory: Buffer } {
  const data = member.deflated === true ? deflateRawSync(member.content) : Buffer.from(member.content);
  const crc = crc32(member.content);
  const flags = member.flags ?? (member.descriptor === undefined ? 0 : 8) | 0x800;
  const method = member.method ?? (member.deflated === true ? 8 : 0);
  const l = member.local ?? {};
  const c = member.central ?? {};
  const later = member.descriptor !== undefined;
  const sizes = [
    l.size ?? (later ? 0 : member.content.length),
    l.compressedSize ?? (later ? 0 : data.length),
  ] as const;
  const localName = Buffer.from(l.name ?? member.name);
  const zip64 = member.localZip64 === true;
  const extra = Buffer.concat([
    zip64 ? Buffer.concat([u16(1), u16(16), u64(sizes[0]), u64(sizes[1])]) : Buffer.alloc(0),
    member.localExtra ?? Buffer.alloc(0),
  ]);
  const header = [
    Buffer.concat([u32(0x04034b50), u16(20), u16(l.flags ?? flags), u16(l.method ?? method), u32(0)]),
    Buffer.concat([
      u32(l.crc ?? (later ? 0 : crc)),
      u32(zip64 ? MAX : sizes[1]),
      u32(zip64 ? MAX : sizes[0]),
    ]),
    Buffer.concat([u16(localName.length), u16(extra.length), localName, extra]),
  ];
  const local = Buffer.concat([
    ...header,
    data,
    descriptor(member, crc, data.length),
    member.gap ?? Buffer.alloc(0),
  ]);

  const name = Buffer.from(c.name ?? member.name);
  const size = c.size ?? member.content.length;
  const compressedSize = c.compressedSize ?? data.length;
  const at = c.offset ?? offset;
  const wide = member.centralZip64 === true;
  const centralExtra = wide
    ? Buffer.concat([u16(1), u16(24), u64(size), u64(compressedSize), u64(at)])
    : Buffer.alloc(0);
  const directory = Buffer.concat([
    Buffer.concat([u32(0x02014b50), Buffer.from([20, member.madeBy ?? 3]), u16(20)]),
    Buffer.concat([u16(c.flags ?? flags), u16(c.method ?? method), u32(0), u32(c.crc ?? crc)]),
    Buffer.concat([u32(wide ? MAX : compressedSize), u32(wide ? MAX : size), u16(name.length)]),
    Buffer.concat([u16(centralExtra.length), u16(0), u16(c.disk ?? 0), u16(0)]),
    Buffer.concat([u32(member.attributes ?? 0), u32(wide ? MAX : at), name, centralExtra]),
  ]);
  return { local, directory };
}

function descriptor({ descriptor: kind, content }: Member, crc: number, compressedSize: number): Buffer {
  if (kind === undefined) return Buffer.alloc(0);
  const sized = kind.endsWith('64') ? u64 : u32;
  const signature = kind.startsWith('signed') ? u32(0x08074b50) : Buffer.alloc(0);
  return Buffer.concat([signature, u32(crc), sized(compressedSize), sized(content.length)]);
}
