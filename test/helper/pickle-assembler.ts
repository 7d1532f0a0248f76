/** Writes pickles opcode by opcode, also such that Python never writes. */

export type Part = Buffer | string | number;

/** Concatenates bytes: a string is latin-1 text, a number one byte. */
export function bytes(...pieces: readonly (Part | readonly Part[])[]): Buffer {
  return Buffer.concat(
    pieces.flat().map((piece) => {
      if (typeof piece === 'number') return Buffer.from([piece]);
      return typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece;
    }),
  );
}

const u32 = (value: number) => {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value >>> 0);
  return buffer;
};
export const u64 = (value: number | bigint) => {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64LE(BigInt(value));
  return buffer;
};

export const op = {
  proto: (version: number) => bytes(0x80, version),
  frame: (size: number | bigint) => bytes(0x95, u64(size)),
  stop: bytes('.'),
  mark: bytes('('),
  none: bytes('N'),
  true: bytes(0x88),
  false: bytes(0x89),
  int: (value: number) => bytes('J', u32(value)),
  long1: (content: Buffer) => bytes(0x8a, content.length, content),
  float: (value: number) => {
    const buffer = Buffer.alloc(8);
    buffer.writeDoubleBE(value);
    return bytes('G', buffer);
  },
  text: (value: string) => bytes('X', u32(Buffer.byteLength(value)), Buffer.from(value)),
  shortText: (value: string) => bytes(0x8c, Buffer.byteLength(value), Buffer.from(value)),
  binary: (value: Buffer) => bytes('B', u32(value.length), value),
  emptyTuple: bytes(')'),
  tuple1: bytes(0x85),
  tuple2: bytes(0x86),
  tuple3: bytes(0x87),
  tuple: (...items: Buffer[]) => bytes('(', items, 't'),
  emptyList: bytes(']'),
  list: (...items: Buffer[]) => bytes(']', '(', items, 'e'),
  append: bytes('a'),
  appends: bytes('e'),
  emptyDict: bytes('}'),
  dict: (...items: Buffer[]) => bytes('}', '(', items, 'u'),
  setItem: bytes('s'),
  setItems: bytes('u'),
  emptySet: bytes(0x8f),
  addItems: bytes(0x90),
  frozenSet: bytes(0x91),
  pop: bytes('0'),
  popMark: bytes('1'),
  dup: bytes('2'),
  put: (index: number) => bytes('r', u32(index)),
  get: (index: number) => bytes('j', u32(index)),
  memoize: bytes(0x94),
  global: (module: string, name: string) => bytes('c', module, '\n', name, '\n'),
  stackGlobal: (module: string, name: string) => bytes(op.text(module), op.text(name), 0x93),
  reduce: bytes('R'),
  newObject: bytes(0x81),
  newObjectEx: bytes(0x92),
  build: bytes('b'),
  persistentId: bytes('Q'),
};

/** A pickle of protocol 2: PROTO, the opcodes, STOP. */
export function pickle(...parts: readonly (Part | readonly Part[])[]): Buffer {
  return bytes(op.proto(2), bytes(...parts), op.stop);
}
