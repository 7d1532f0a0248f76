import type { ErrorCode } from '../../../src/errors.ts';
import { bytes, op, type Part, pickle, u64 } from '../../helper/pickle-assembler.ts';
import type { HostileFile } from './hostile-file.ts';

const MALFORMED: readonly ErrorCode[] = ['PICKLE_MALFORMED'];
const FORBIDDEN: readonly ErrorCode[] = ['PICKLE_FORBIDDEN_OPCODE'];
const LIMIT: readonly ErrorCode[] = ['PICKLE_LIMIT'];

const object = op.global('builtins', 'object');
const set = op.global('builtins', 'set');

/** One value of each type that the stack can hold. */
const VALUES: Readonly<Record<string, Buffer>> = {
  None: op.none,
  'a bool': op.true,
  'an int': op.int(7),
  'a float': op.float(0.5),
  'a string': op.text('system'),
  bytes: op.binary(Buffer.from('system')),
  'a tuple': op.emptyTuple,
  'a list': op.emptyList,
  'a dict': op.emptyDict,
  'a set': op.emptySet,
  'a frozenset': bytes('(', op.frozenSet),
  'a global': object,
};

type Confusion = readonly [
  operation: string,
  make: (value: Buffer) => Buffer,
  fittingType: string,
  codeForGlobal?: ErrorCode,
];

/** Operations to be tried on a value of every type but the fitting one. */
const CONFUSIONS: readonly Confusion[] = [
  ['REDUCE of', (v) => pickle(v, op.emptyTuple, op.reduce), '', 'PICKLE_FORBIDDEN_OPCODE'],
  ['REDUCE with', (v) => pickle(set, v, op.reduce), 'a tuple'],
  ['NEWOBJ of', (v) => pickle(v, op.emptyTuple, op.newObject), '', 'PICKLE_FORBIDDEN_OPCODE'],
  ['NEWOBJ with', (v) => pickle(object, v, op.newObject), 'a tuple'],
  [
    'NEWOBJ_EX of',
    (v) => pickle(v, op.emptyTuple, op.emptyDict, op.newObjectEx),
    '',
    'PICKLE_FORBIDDEN_OPCODE',
  ],
  ['BUILD of', (v) => pickle(v, op.dict(op.text('__class__'), op.none), op.build), ''],
  ['SETITEM on', (v) => pickle(v, op.text('__class__'), op.none, op.setItem), 'a dict'],
  ['SETITEMS on', (v) => pickle(v, '(', op.text('__dict__'), op.none, 'u'), 'a dict'],
  ['APPEND to', (v) => pickle(v, op.none, op.append), 'a list'],
  ['APPENDS to', (v) => pickle(v, '(', op.none, op.appends), 'a list'],
  ['ADDITEMS to', (v) => pickle(v, '(', op.none, op.addItems), 'a set'],
  ['STACK_GLOBAL in', (v) => pickle(v, op.text('system'), 0x93), 'a string'],
  ['STACK_GLOBAL of', (v) => pickle(op.text('os'), v, 0x93), 'a string'],
];

function typeConfusion(): HostileFile[] {
  return CONFUSIONS.flatMap(([operation, make, fittingType, codeForGlobal]) =>
    Object.entries(VALUES)
      .filter(([type]) => type !== fittingType)
      .map(([type, value]) => ({
        name: `${operation} ${type}`,
        bytes: make(value),
        codes: type === 'a global' && codeForGlobal !== undefined ? [codeForGlobal] : MALFORMED,
      })),
  );
}

const big = (count: number, part: Part) => Buffer.concat(Array(count).fill(bytes(part)));
const doubling = (container: Buffer) =>
  bytes(
    container,
    op.put(0),
    op.pop,
    big(60, bytes('(', op.get(0), op.get(0), 't', op.put(0), op.pop)),
    op.get(0),
  );
const bombOf = (close: Part, open: Part = '(') =>
  bytes(
    op.emptyTuple,
    op.put(0),
    op.pop,
    big(60, bytes(open, op.get(0), op.int(1), close, op.put(0), op.pop)),
  );

const operations: readonly (readonly [string, Buffer, readonly ErrorCode[]])[] = [
  ['nothing after PROTO', op.proto(2), MALFORMED],
  ['no STOP', bytes(op.proto(2), op.none), MALFORMED],
  ['STOP alone', pickle(), MALFORMED],
  ['two values at the end', pickle(op.none, op.none), MALFORMED],
  ['a mark at the end', pickle('(', op.none), MALFORMED],
  ['protocol 6', bytes(op.proto(6), op.none, '.'), MALFORMED],
  ['protocol 255', bytes(op.proto(255), op.none, '.'), MALFORMED],
  ...[0x00, 0x7f, 0x98 + 1, 0xa0, 0xff].map(
    (code) => [`the opcode ${code}`, pickle(code), MALFORMED] as const,
  ),
  ['OBJ of an allowed global', pickle('(', set, 'o'), FORBIDDEN],
  ['INST of an allowed global', pickle('(ibuiltins\nset\n'), FORBIDDEN],
  ['EXT1', pickle(bytes(0x82, 1)), FORBIDDEN],
  ['EXT2', pickle(bytes(0x83, 1, 0)), FORBIDDEN],
  ['EXT4', pickle(bytes(0x84, 1, 0, 0, 0)), FORBIDDEN],
  ['NEXT_BUFFER', pickle(0x97), FORBIDDEN],
  ['READONLY_BUFFER', pickle(op.none, 0x98), FORBIDDEN],
  ['PERSID', pickle('Pstorage\n'), [...FORBIDDEN, ...MALFORMED]],
  ['BINPERSID of None', pickle(op.none, op.persistentId), [...FORBIDDEN, ...MALFORMED]],
  ['POP of nothing', pickle(op.pop, op.none), MALFORMED],
  ['POP below a mark', pickle(op.none, '(', op.pop, op.pop), MALFORMED],
  ['DUP of nothing', pickle(op.dup), MALFORMED],
  ['DUP below a mark', pickle(op.none, '(', op.dup, '0', '0'), MALFORMED],
  ['POP_MARK without a mark', pickle(op.none, op.popMark), MALFORMED],
  ['TUPLE without a mark', pickle(op.none, 't'), MALFORMED],
  ['LIST without a mark', pickle(op.none, 'l'), MALFORMED],
  ['DICT without a mark', pickle(op.none, op.none, 'd'), MALFORMED],
  ['TUPLE3 of two', pickle(op.none, op.none, op.tuple3), MALFORMED],
  ['TUPLE2 across a mark', pickle(op.none, '(', op.none, op.tuple2), MALFORMED],
  ['SETITEM across a mark', pickle(op.emptyDict, '(', op.none, op.none, op.setItem), MALFORMED],
  ['DICT with a key without value', pickle('(', op.none, 'd'), MALFORMED],
  ['a list as a key', pickle(op.emptyDict, op.emptyList, op.none, op.setItem), MALFORMED],
  ['a dict as a key', pickle(op.emptyDict, op.emptyDict, op.none, op.setItem), MALFORMED],
  ['a set as a key', pickle('(', op.emptySet, op.none, 'd'), MALFORMED],
  [
    'NEWOBJ_EX with keywords',
    pickle(set, op.emptyTuple, op.dict(op.text('a'), op.none), op.newObjectEx),
    FORBIDDEN,
  ],
  ['REDUCE of what REDUCE gave', pickle(set, op.emptyTuple, op.reduce, op.emptyTuple, op.reduce), MALFORMED],
  ['GET of an unset memo entry', pickle(op.get(9)), MALFORMED],
  ['GET of a negative memo index', pickle('g-1\n'), MALFORMED],
  ['GET of __proto__', pickle('g__proto__\n'), MALFORMED],
  ['GET of length', pickle('glength\n'), MALFORMED],
  ['GET beyond the memo', pickle(op.none, op.put(0), op.get(0xffffffff)), MALFORMED],
  ['PUT of nothing', pickle(op.put(0), op.none), MALFORMED],
  ['PUT at a memo index that is text', pickle(op.none, 'pconstructor\n'), MALFORMED],
  ['PUT at memo index 4294967295', pickle(op.none, op.put(0xffffffff)), LIMIT],
  ['PUT at memo index 999999999', pickle(op.none, 'p999999999\n'), LIMIT],
  ['MEMOIZE of nothing', pickle(op.memoize), MALFORMED],
  ['an int that is text', pickle('Iabc\n'), MALFORMED],
  ['an int in hexadecimal', pickle('I0x10\n'), MALFORMED],
  ['a float that is text', pickle('Fone\n'), MALFORMED],
  ['a float of 100 KB', pickle('F', '1'.repeat(100_000), '\n'), MALFORMED],
  ['a string without quotes', pickle('Sabc\n'), MALFORMED],
  ['a string with one quote', pickle("S'\n"), MALFORMED],
  ['a string of two kinds of quotes', pickle('S\'a"\n'), MALFORMED],
  ['a character beyond Unicode', pickle('V\\Uffffffff\n'), MALFORMED],
  ['an unterminated line', bytes(op.proto(2), "S'abc'"), MALFORMED],
  ['an unterminated global', bytes(op.proto(2), 'cbuiltins\nset'), MALFORMED],
  ['a string that is not UTF-8', pickle(bytes('X', 2, 0, 0, 0, 0xc3, 0x28)), MALFORMED],
  ['a surrogate in UTF-8', pickle(bytes('X', 3, 0, 0, 0, 0xed, 0xa0, 0x80)), MALFORMED],
  ['an overlong slash in UTF-8', pickle(bytes('X', 2, 0, 0, 0, 0xc0, 0xaf)), MALFORMED],
  [
    'bytes of a number',
    pickle(op.global('builtins', 'bytes'), op.int(2 ** 30), op.tuple1, op.reduce),
    MALFORMED,
  ],
  [
    'a bytearray of a number',
    pickle(op.global('builtins', 'bytearray'), op.int(2 ** 30), op.tuple1, op.reduce),
    MALFORMED,
  ],
  ['a set of a number', pickle(set, op.int(5), op.tuple1, op.reduce), MALFORMED],
  ['a set of a dict', pickle(set, op.emptyDict, op.tuple1, op.reduce), MALFORMED],
  [
    'encode with rot13',
    pickle(op.global('_codecs', 'encode'), op.text('a'), op.text('rot13'), op.tuple2, op.reduce),
    MALFORMED,
  ],
  [
    'encode of bytes',
    pickle(
      op.global('_codecs', 'encode'),
      op.binary(Buffer.from('a')),
      op.text('latin1'),
      op.tuple2,
      op.reduce,
    ),
    MALFORMED,
  ],
  [
    '_reconstructor of a set',
    pickle(op.global('copyreg', '_reconstructor'), set, object, op.none, op.tuple3, op.reduce),
    MALFORMED,
  ],
  [
    '_reconstructor of a string',
    pickle(op.global('copy_reg', '_reconstructor'), op.text('os'), object, op.none, op.tuple3, op.reduce),
    MALFORMED,
  ],
];

const bombs: readonly (readonly [string, Buffer, readonly ErrorCode[]])[] = [
  ['101 marks', pickle(big(101, '('), op.none), LIMIT],
  ['a million marks', pickle(big(1_000_000, '('), op.none), LIMIT],
  ['lists nested 101 deep', pickle(big(101, ']'), big(100, 'a')), LIMIT],
  ['lists nested 90,000 deep', pickle(big(90_000, ']'), big(89_999, 'a')), LIMIT],
  ['tuples nested 90,000 deep', pickle(op.none, big(90_000, 0x85)), LIMIT],
  ['dicts nested 30,000 deep', pickle(big(30_000, bytes('}', op.int(1))), op.none, big(30_000, 's')), LIMIT],
  [
    'sets nested 30,000 deep',
    pickle(op.none, big(30_000, bytes(op.put(0), op.pop, '(', op.get(0), op.frozenSet))),
    LIMIT,
  ],
  ['a list that contains itself', pickle(op.emptyList, op.put(0), op.get(0), op.append), LIMIT],
  ['a dict that contains itself', pickle(op.emptyDict, op.put(0), op.int(1), op.get(0), op.setItem), LIMIT],
  ['a set that contains itself', pickle(op.emptySet, op.put(0), '(', op.get(0), op.addItems), LIMIT],
  [
    'a list that contains itself in a tuple',
    pickle(op.emptyList, op.put(0), op.get(0), op.tuple1, op.append),
    LIMIT,
  ],
  ['a tuple doubled 60 times', pickle(doubling(op.emptyTuple)), LIMIT],
  ['a list doubled 60 times', pickle(doubling(op.emptyList)), LIMIT],
  [
    'frozensets doubled by two',
    pickle(bombOf(op.frozenSet), op.get(0), op.tuple1, big(60, op.tuple1)),
    LIMIT,
  ],
  [
    'dicts doubled 60 times',
    pickle(
      op.emptyDict,
      op.put(0),
      op.pop,
      big(60, bytes('(', op.int(1), op.get(0), op.int(2), op.get(0), 'd', op.put(0), op.pop)),
      op.get(0),
    ),
    LIMIT,
  ],
  ['120,000 dicts', pickle(big(120_000, '}')), LIMIT],
  ['120,000 empty lists', pickle(op.emptyList, '(', big(120_000, ']'), 'e'), LIMIT],
  ['300,000 values at once', pickle('(', big(300_000, 'N'), 't'), LIMIT],
  ['300,000 copies by DUP', pickle(op.none, big(300_000, '2')), LIMIT],
  ['500,001 operations', pickle(big(260_000, 'N0'), 'N'), LIMIT],
  ['600,000 memo entries', pickle(op.none, big(600_000, 0x94)), LIMIT],
  ['an integer of 255 KB', pickle(bytes(0x8b, 0x00, 0xe4, 0x03, 0x00, Buffer.alloc(255 * 1024, 1))), LIMIT],
  ['an integer of 100,000 digits', pickle('L', '9'.repeat(100_000), 'L\n'), LIMIT],
  ['an INT of 100,000 digits', pickle('I', '9'.repeat(100_000), '\n'), LIMIT],
  [
    'one string of 1 MB a hundred thousand times',
    pickle(op.text('x'.repeat(1_000_000)), op.put(0), op.pop, '(', big(100_000, bytes('h', 0)), 'l'),
    LIMIT,
  ],
  [
    'one list made a set again and again',
    pickle(
      '(',
      big(5000, 'N'),
      'l',
      op.put(0),
      op.pop,
      '(',
      big(5000, bytes(set, op.get(0), op.tuple1, op.reduce)),
      't',
    ),
    LIMIT,
  ],
  [
    'one list made a set again and again, next to 3 MB of text',
    pickle(
      op.text('x'.repeat(3_000_000)),
      op.pop,
      '(',
      big(20_000, bytes(op.int(1), op.float(0.5))),
      'l',
      op.put(0),
      op.pop,
      '(',
      big(1000, bytes(set, op.get(0), op.tuple1, op.reduce)),
      't',
    ),
    LIMIT,
  ],
  [
    'one string encoded again and again',
    pickle(
      op.text('x'.repeat(100_000)),
      op.text('latin1'),
      op.tuple2,
      op.put(0),
      op.pop,
      '(',
      big(5000, bytes(op.global('_codecs', 'encode'), op.get(0), op.reduce)),
      't',
    ),
    LIMIT,
  ],
];

/** A declared size in 1, 4 or 8 bytes, little-endian. */
const declared = (bytesOfSize: 1 | 4 | 8, size: bigint) =>
  u64(BigInt.asUintN(64, size)).subarray(0, bytesOfSize);
const SIZED: readonly (readonly [string, number | string, 1 | 4 | 8])[] = [
  ['BINUNICODE', 'X', 4],
  ['BINUNICODE8', 0x8d, 8],
  ['SHORT_BINUNICODE', 0x8c, 1],
  ['BINBYTES', 'B', 4],
  ['BINBYTES8', 0x8e, 8],
  ['SHORT_BINBYTES', 'C', 1],
  ['BYTEARRAY8', 0x96, 8],
  ['BINSTRING', 'T', 4],
  ['SHORT_BINSTRING', 'U', 1],
  ['LONG1', 0x8a, 1],
  ['LONG4', 0x8b, 4],
  ['FRAME', 0x95, 8],
];
const SIZES: readonly bigint[] = [
  5n,
  200n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 53n + 1n,
  2n ** 63n,
  2n ** 64n - 1n,
];

function lyingSizes(): HostileFile[] {
  return SIZED.flatMap(([name, code, width]) =>
    SIZES.filter((size) => size < 256n ** BigInt(width)).map((size) => ({
      name: `${name} of ${size} bytes where 3 are left`,
      bytes: bytes(op.proto(4), code, declared(width, size), 'ab.'),
      // The reader checks the length of a long integer first.
      codes: name === 'LONG4' && size > 1024n ? [...MALFORMED, ...LIMIT] : MALFORMED,
    })),
  );
}

/** Files with bytes after the pickle, and a pickle truncated at every byte. */
function wrongEnds(): HostileFile[] {
  const good = pickle(
    op.dict(op.text('a'), op.list(op.int(1), op.text('b')), op.text('c'), op.tuple(op.true)),
  );
  const more: [string, Buffer][] = [
    ['a second pickle', pickle(op.none)],
    ['a pickle that calls', pickle(op.global('posix', 'system'), op.text('true'), op.tuple1, op.reduce)],
    ['a newline', Buffer.from('\n')],
    ['zeros', Buffer.alloc(4096)],
    ['a zip container', Buffer.from('PK\x05\x06'.padEnd(22, '\0'), 'latin1')],
    ['itself', good],
  ];
  return [
    ...more.map(([what, rest]) => ({
      name: `${what} after the end`,
      bytes: bytes(good, rest),
      codes: MALFORMED,
    })),
    ...Array.from({ length: good.length - 3 }, (_, index) => ({
      name: `truncated after ${index + 3} of ${good.length} bytes`,
      bytes: good.subarray(0, index + 3),
      codes: MALFORMED,
    })),
  ];
}

/** Pickles that are wrong in any kind of file. */
export function malformedPickles(): HostileFile[] {
  const listed = [...operations, ...bombs].map(([name, content, codes]) => ({ name, bytes: content, codes }));
  return [...listed, ...typeConfusion(), ...lyingSizes(), ...wrongEnds()];
}
