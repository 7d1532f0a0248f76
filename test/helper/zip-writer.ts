import { crc32 } from 'node:zlib';

/** Takes the bytes of a file in order. */
export type Sink = (bytes: Uint8Array) => void;

export interface ZipMember {
  readonly name: string;
  /** The member's bytes, in pieces that may be reused once the next one is asked for. */
  readonly content: Iterable<Uint8Array>;
}

/** Data starts at a multiple of this, as in the files of torch.save; 1 leaves it wherever it falls. */
const TORCH_ALIGNMENT = 64;
/** A local header is this long before name and padding. */
const LOCAL_HEADER_BYTES = 30;
/** Sizes follow the data (bit 3), names are UTF-8 (bit 11). */
const FLAGS = 0x0808;

interface Written {
  readonly name: Buffer;
  readonly crc: number;
  readonly size: number;
  readonly offset: number;
}

/**
 * Writes a zip container the way torch.save does: members stored, aligned, their sizes behind the data, and a
 * directory in both the old and the 64-bit form.
 */
export function writeZip(sink: Sink, members: Iterable<ZipMember>, alignment = TORCH_ALIGNMENT): void {
  let position = 0;
  const write = (bytes: Uint8Array) => {
    sink(bytes);
    position += bytes.length;
  };

  const written: Written[] = [];
  for (const member of members) {
    const name = Buffer.from(member.name);
    const offset = position;
    write(localHeader(name, position, alignment));
    let crc = 0;
    let size = 0;
    for (const piece of member.content) {
      crc = crc32(piece, crc);
      size += piece.length;
      write(piece);
    }
    write(record('PK\x07\x08', [crc, 4], [size, 4], [size, 4]));
    written.push({ name, crc, size, offset });
  }

  const directory = position;
  for (const member of written) write(centralHeader(member));
  const size = position - directory;
  const end = position;
  const count = written.length;
  write(
    record(
      'PK\x06\x06',
      [44, 8],
      [0x031e, 2],
      [45, 2],
      [0, 8],
      [count, 8],
      [count, 8],
      [size, 8],
      [directory, 8],
    ),
  );
  write(record('PK\x06\x07', [0, 4], [end, 8], [1, 4]));
  write(record('PK\x05\x06', [0, 4], [count, 2], [count, 2], [size, 4], [directory, 4], [0, 2]));
}

/** The same, in memory. */
export function zipBytes(members: Iterable<ZipMember>, alignment?: number): Buffer {
  const pieces: Buffer[] = [];
  writeZip((bytes) => pieces.push(Buffer.from(bytes)), members, alignment);
  return Buffer.concat(pieces);
}

function localHeader(name: Buffer, position: number, alignment: number): Buffer {
  const unpadded = position + LOCAL_HEADER_BYTES + name.length + 4;
  const padding = alignment === 1 ? 0 : (alignment - (unpadded % alignment)) % alignment;
  const extra = Buffer.concat([record('FB', [padding, 2]), Buffer.alloc(padding, 'Z')]);
  const fixed = record(
    'PK\x03\x04',
    ...([
      [0, 2],
      [FLAGS, 2],
      [0, 2],
      [0, 4],
      [0, 4],
      [0, 4],
      [0, 4],
    ] as const),
    [name.length, 2],
    [extra.length, 2],
  );
  return Buffer.concat([fixed, name, extra]);
}

function centralHeader({ name, crc, size, offset }: Written): Buffer {
  const fixed = record(
    'PK\x01\x02',
    ...([
      [0, 2],
      [0, 2],
      [FLAGS, 2],
      [0, 2],
      [0, 4],
    ] as const),
    ...([
      [crc, 4],
      [size, 4],
      [size, 4],
    ] as const),
    ...([
      [name.length, 2],
      [0, 2],
      [0, 2],
      [0, 2],
      [0, 2],
      [0, 4],
    ] as const),
    [offset, 4],
  );
  return Buffer.concat([fixed, name]);
}

/** A signature and little-endian fields, each a value and its length in bytes. */
function record(signature: string, ...fields: readonly (readonly [value: number, bytes: number])[]): Buffer {
  const parts = fields.map(([value, bytes]) => {
    const field = Buffer.alloc(bytes);
    if (bytes === 8) field.writeBigUInt64LE(BigInt(value));
    else field.writeUIntLE(value, 0, bytes);
    return field;
  });
  return Buffer.concat([Buffer.from(signature, 'latin1'), ...parts]);
}
