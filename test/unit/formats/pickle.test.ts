import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../../src/errors.ts';
import { readPickle } from '../../../src/formats/pickle/pickle.ts';
import { PLAIN_GLOBALS, TRAINING_STATE_GLOBALS } from '../../../src/formats/pickle/pickle-globals.ts';
import type { PickleKind } from '../../../src/formats/pickle/pickle-machine.ts';
import { allowList, isTuple, type PickleValue } from '../../../src/formats/pickle/pickle-values.ts';
import { bytes, op, pickle, u64 } from '../../helper/pickle-assembler.ts';
import { expectRefusal } from '../../helper/refusal.ts';

const kind: PickleKind = { what: 'The file', globals: allowList(PLAIN_GLOBALS, TRAINING_STATE_GLOBALS) };
const read = (file: Buffer) => readPickle(file, kind);

/** Dicts of a test value as objects, the rest unchanged. */
function get(value: PickleValue, key: PickleValue): PickleValue {
  return (value as Map<PickleValue, PickleValue>).get(key) as PickleValue;
}

describe('protocol', () => {
  test.each([0, 1, 2, 3, 4, 5])('%d says what Python said', (protocol) => {
    const value = read(
      readFileSync(new URL(`../../fixtures/formats/pickle/values_${protocol}.pkl`, import.meta.url)),
    );
    expect(get(value, 'none')).toBe(null);
    expect(get(value, 'true')).toBe(true);
    expect(get(value, 'false')).toBe(false);
    expect(get(value, 'integers')).toEqual([
      0,
      1,
      -1,
      255,
      256,
      65535,
      65536,
      -(2 ** 31),
      2 ** 31,
      Number.MAX_SAFE_INTEGER,
      2n ** 53n + 1n,
      -(2n ** 63n),
      2n ** 64n,
      -(2n ** 1000n),
    ]);
    expect(get(value, 'floats')).toEqual([0, -0, 0.1, -1e300, 5e-324, Infinity, -Infinity]);
    expect(get(value, 'strings')).toEqual([
      '',
      'plain',
      'quote \' and "',
      'line\nbreak\\ \x00\x1a',
      'é€😀',
      'x'.repeat(300),
    ]);
    const [empty, binary, long, array] = get(value, 'bytes') as unknown as Uint8Array[];
    expect([empty, binary, array].map((item) => [...item!])).toEqual([[], [0, 255, 10], [1, 128]]);
    expect(Buffer.from(long!).toString()).toBe('y'.repeat(300));
    const tuples = get(value, 'tuples') as PickleValue[];
    expect(tuples).toEqual([[], [1], [1, 2], [1, 2, 3], [1, 2, 3, 4]]);
    expect(tuples.every((item) => isTuple(item))).toBe(true);
    expect(get(value, 'sets')).toEqual([new Set([1, 2]), new Set(['a']), new Set()]);
    const keys = [...(get(value, 'keys') as Map<PickleValue, PickleValue>)];
    expect(keys).toEqual([
      [1, 'int'],
      [[1, 2], 'tuple'],
      [null, 'none'],
      ['__proto__', 'harmless'],
      ['constructor', 'harmless'],
    ]);
    expect(get(value, 'empty')).toEqual([[], new Map()]);
    const [first, second] = get(value, 'shared') as PickleValue[];
    expect(first).toEqual(['shared', 2.5]);
    expect(first).toBe(second);
    expect(get(value, 'long')).toEqual([...Array(2500).keys()]);
  });
});

test('text opcodes of protocol 0 are read as Python 2 wrote them', () => {
  expect(
    read(
      bytes(
        "(lp0\nI1\naI01\naI00\naL12345678901234567890L\naF1.5\naS'a\\x41\\'\\n'\np1\naVb\\u0041\nag1\na.",
      ),
    ),
  ).toEqual([1, true, false, 12345678901234567890n, 1.5, "aA'\n", 'bA', "aA'\n"]);
});

test('a dict with the key __proto__ does not change a prototype', () => {
  const value = read(pickle(op.dict(op.text('__proto__'), op.dict(op.text('polluted'), op.true))));
  expect(value).toBeInstanceOf(Map);
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
});

test('containers of training state are plain data', () => {
  const ordered = op.global('collections', 'OrderedDict');
  const pairs = op.list(op.list(op.text('a'), op.int(1)));
  const entries = (...parts: Buffer[]) => [...(read(pickle(parts)) as Map<PickleValue, PickleValue>)];
  const attributes = bytes(op.dict(op.text('_metadata'), op.none), op.build);
  const empty = bytes(ordered, op.emptyTuple, op.reduce);
  expect(entries(empty, bytes('(', op.text('a'), op.int(1), 'u'), attributes)).toEqual([['a', 1]]);
  expect(entries(ordered, pairs, op.tuple1, op.reduce)).toEqual([['a', 1]]);
  expect(
    entries(op.global('collections', 'defaultdict'), op.global('__builtin__', 'int'), op.tuple1, op.reduce),
  ).toEqual([]);
  const encoded = read(
    pickle(op.global('_codecs', 'encode'), op.text('ÿ\0'), op.text('latin1'), op.tuple2, op.reduce),
  );
  expect([...(encoded as Uint8Array)]).toEqual([255, 0]);
});

const system = (name = 'posix system') => op.global(...(name.split(' ') as [string, string]));
const command = op.text('touch pwned-by-a-pickle');
const doubled = bytes(op.emptyList, '(', op.get(0), op.get(0), 'e', op.put(0), op.pop);
const bomb = (levels: number) =>
  bytes(op.emptyList, op.put(0), op.pop, Array(levels).fill(doubled), op.get(0));

describe('forbidden names are refused with name and offset', () => {
  const cases: [string, Buffer, RegExp?][] = [
    ['GLOBAL', pickle(system(), command, op.tuple1, op.reduce), /"posix system" at byte 2,/],
    ['a name alone', pickle(system()), /"posix system"/],
    ['a name that is thrown away', pickle(system(), op.pop, op.none), /"posix system"/],
    ['a name inside a dict', pickle(op.dict(op.text('a'), system())), /at byte 10,/],
    ['STACK_GLOBAL', pickle(op.stackGlobal('os', 'system')), /"os system"/],
    [
      'STACK_GLOBAL from the memo',
      pickle(
        op.text('os'),
        op.memoize,
        op.pop,
        op.text('system'),
        op.memoize,
        op.pop,
        op.get(0),
        op.get(1),
        0x93,
      ),
      /"os system"/,
    ],
    ['INST', pickle('(', command, 'iposix\nsystem\n'), /"posix system"/],
    ['INST of an allowed name', pickle('(icollections\nOrderedDict\n'), /INST/],
    ['a dotted name', pickle(op.stackGlobal('collections', 'OrderedDict.__init__')), /OrderedDict.__init__/],
    ['a dotted path into an allowed module', pickle(op.stackGlobal('collections', 'abc.sys.modules'))],
    ['a module one letter off', pickle(op.global('collection', 'OrderedDict'))],
    ['a name in capitals', pickle(op.global('collections', 'ordereddict'))],
    ['a name with a space', pickle(op.stackGlobal('collections OrderedDict', ''))],
    ['an empty name', pickle(op.stackGlobal('', ''))],
    ['eval', pickle(op.global('builtins', 'eval'), op.text('1'), op.tuple1, op.reduce)],
    ['exec of Python 2', pickle(op.global('__builtin__', 'exec'))],
    ['getattr', pickle(op.global('builtins', 'getattr'))],
    ['__import__', pickle(op.global('builtins', '__import__'))],
    ['subprocess', pickle(op.global('subprocess', 'Popen'))],
    ['operator', pickle(op.global('operator', 'attrgetter'))],
    ['functools', pickle(op.global('functools', 'partial'))],
    ['a name of an object', pickle(op.stackGlobal('constructor', 'constructor'))],
    ['__proto__', pickle(op.stackGlobal('__proto__', '__proto__'))],
    ['a very long name', pickle(op.stackGlobal('m'.repeat(5000), 'n'.repeat(5000)))],
    ['control characters in a name', pickle(op.stackGlobal('a\x1b[31m', 'b\r\n')), /a\\u001b\[31m b\\r\\n/],
    ['other protocols', bytes(op.proto(4), op.frame(17), op.stackGlobal('nt', 'system'), '.'), /"nt system"/],
  ];
  test.each(cases)('%s', async (name, file, sentence) => {
    const code = name === 'INST of an allowed name' ? 'PICKLE_FORBIDDEN_OPCODE' : 'PICKLE_FORBIDDEN_GLOBAL';
    await expectRefusal(() => read(file), code, sentence);
  });
});

describe('invalid and forbidden pickles are refused', () => {
  const ordered = op.global('collections', 'OrderedDict');
  const encode = op.global('_codecs', 'encode');
  const cases: [string, Buffer, ErrorCode][] = [
    ['nothing', Buffer.alloc(0), 'PICKLE_MALFORMED'],
    ['no STOP', bytes(op.proto(2), op.none), 'PICKLE_MALFORMED'],
    ['STOP on an empty stack', pickle(), 'PICKLE_MALFORMED'],
    ['STOP with values left over', pickle(op.none, op.none), 'PICKLE_MALFORMED'],
    ['STOP with a mark open', pickle(op.mark, op.none), 'PICKLE_MALFORMED'],
    ['bytes behind STOP', bytes(pickle(op.none), 'x'), 'PICKLE_MALFORMED'],
    ['a second pickle behind the first', bytes(pickle(op.none), pickle(system())), 'PICKLE_MALFORMED'],
    ['protocol 6', bytes(op.proto(6), op.none, '.'), 'PICKLE_MALFORMED'],
    ['an opcode that does not exist', pickle(0xff), 'PICKLE_MALFORMED'],
    ['POP on an empty stack', pickle(op.pop, op.none), 'PICKLE_MALFORMED'],
    ['a value from below a mark', pickle(op.emptyList, op.mark, op.append, op.none), 'PICKLE_MALFORMED'],
    ['TUPLE without a mark', pickle(op.none, 't'), 'PICKLE_MALFORMED'],
    ['APPENDS without a mark', pickle(op.emptyList, 'e'), 'PICKLE_MALFORMED'],
    ['POP_MARK without a mark', pickle(op.popMark, op.none), 'PICKLE_MALFORMED'],
    ['DUP on an empty stack', pickle(op.dup), 'PICKLE_MALFORMED'],
    ['a memo entry that was never set', pickle(op.get(7)), 'PICKLE_MALFORMED'],
    ['PUT on an empty stack', pickle(op.put(0), op.none), 'PICKLE_MALFORMED'],
    ['a memo index that is text', pickle(op.none, 'pabc\n'), 'PICKLE_MALFORMED'],
    ['a memo index that is negative', pickle(op.none, 'p-1\n'), 'PICKLE_MALFORMED'],
    ['a memo index of 4 billion', pickle(op.none, op.put(0xffffffff)), 'PICKLE_LIMIT'],
    ['a string longer than the file', pickle(bytes('X', 0xff, 0xff, 0xff, 0x7f), 'abc'), 'PICKLE_MALFORMED'],
    ['bytes of 2^64', pickle(bytes(0x8e, u64(2n ** 64n - 1n))), 'PICKLE_MALFORMED'],
    ['a string of 2^63', pickle(bytes(0x8d, u64(2n ** 63n))), 'PICKLE_MALFORMED'],
    ['a bytearray of 2^40', pickle(bytes(0x96, u64(2n ** 40n))), 'PICKLE_MALFORMED'],
    [
      'a frame longer than the file',
      bytes(op.proto(4), op.frame(2n ** 62n), op.none, '.'),
      'PICKLE_MALFORMED',
    ],
    ['a negative length', pickle(bytes('T', 0xff, 0xff, 0xff, 0xff)), 'PICKLE_MALFORMED'],
    ['a negative integer length', pickle(bytes(0x8b, 0xff, 0xff, 0xff, 0xff)), 'PICKLE_MALFORMED'],
    [
      'an integer of 100 KB',
      pickle(bytes(0x8b, 0xa0, 0x86, 0x01, 0x00, Buffer.alloc(100_000, 1))),
      'PICKLE_LIMIT',
    ],
    ['an integer of 100 000 digits', pickle('L', '9'.repeat(100_000), 'L\n'), 'PICKLE_LIMIT'],
    ['an integer that is not a number', pickle('Iabc\n'), 'PICKLE_MALFORMED'],
    ['a float that is not a number', pickle('F0x10\n'), 'PICKLE_MALFORMED'],
    ['a string without quotes', pickle('Sabc\n'), 'PICKLE_MALFORMED'],
    ['a line without end', bytes(op.proto(2), 'Sabc'), 'PICKLE_MALFORMED'],
    ['a string that is not UTF-8', pickle(bytes('X', 2, 0, 0, 0, 0xc3, 0x28)), 'PICKLE_MALFORMED'],
    ['APPEND to a tuple', pickle(op.emptyTuple, op.none, op.append), 'PICKLE_MALFORMED'],
    ['APPEND to a dict', pickle(op.emptyDict, op.none, op.append), 'PICKLE_MALFORMED'],
    ['SETITEM on a list', pickle(op.emptyList, op.none, op.none, op.setItem), 'PICKLE_MALFORMED'],
    ['SETITEM on a string', pickle(op.text('a'), op.none, op.none, op.setItem), 'PICKLE_MALFORMED'],
    ['SETITEM on a name', pickle(ordered, op.text('call'), op.none, op.setItem), 'PICKLE_MALFORMED'],
    ['SETITEMS with a key without value', pickle(op.emptyDict, '(', op.none, 'u'), 'PICKLE_MALFORMED'],
    ['a list as a key', pickle(op.emptyDict, op.emptyList, op.none, op.setItem), 'PICKLE_MALFORMED'],
    ['ADDITEMS on a list', pickle(op.emptyList, '(', op.none, op.addItems), 'PICKLE_MALFORMED'],
    ['ADDITEMS on a frozenset', pickle('(', op.frozenSet, '(', op.none, op.addItems), 'PICKLE_MALFORMED'],
    ['REDUCE of a string', pickle(op.text('posix.system'), op.emptyTuple, op.reduce), 'PICKLE_MALFORMED'],
    ['REDUCE of a dict', pickle(op.emptyDict, op.emptyTuple, op.reduce), 'PICKLE_MALFORMED'],
    ['REDUCE with a list', pickle(ordered, op.emptyList, op.reduce), 'PICKLE_MALFORMED'],
    [
      'REDUCE of a result',
      pickle(ordered, op.emptyTuple, op.reduce, op.emptyTuple, op.reduce),
      'PICKLE_MALFORMED',
    ],
    [
      'REDUCE of a name that is only a name',
      pickle(op.global('builtins', 'object'), op.emptyTuple, op.reduce),
      'PICKLE_FORBIDDEN_OPCODE',
    ],
    ['NEWOBJ of a function', pickle(encode, op.emptyTuple, op.newObject), 'PICKLE_FORBIDDEN_OPCODE'],
    ['NEWOBJ of a number', pickle(op.int(1), op.emptyTuple, op.newObject), 'PICKLE_MALFORMED'],
    [
      'NEWOBJ_EX with keywords',
      pickle(ordered, op.emptyTuple, op.dict(op.text('a'), op.none), op.newObjectEx),
      'PICKLE_FORBIDDEN_OPCODE',
    ],
    [
      'BUILD of a name',
      pickle(ordered, op.dict(op.text('__init__'), system('a b'))),
      'PICKLE_FORBIDDEN_GLOBAL',
    ],
    ['BUILD of a list', pickle(op.emptyList, op.emptyDict, op.build), 'PICKLE_MALFORMED'],
    ['BUILD of a plain dict', pickle(op.emptyDict, op.emptyDict, op.build), 'PICKLE_MALFORMED'],
    ['BUILD of a name with a dict', pickle(ordered, op.emptyDict, op.build), 'PICKLE_MALFORMED'],
    [
      'BUILD with a state that is no dict',
      pickle(op.global('argparse', 'Namespace'), op.emptyTuple, op.newObject, op.int(1), op.build),
      'PICKLE_MALFORMED',
    ],
    [
      '_codecs.encode to another encoding',
      pickle(encode, op.text('a'), op.text('rot13'), op.tuple2, op.reduce),
      'PICKLE_MALFORMED',
    ],
    [
      '_codecs.encode of a wide character',
      pickle(encode, op.text('€'), op.text('latin1'), op.tuple2, op.reduce),
      'PICKLE_MALFORMED',
    ],
    [
      '_reconstructor of a function',
      pickle(
        op.global('copy_reg', '_reconstructor'),
        encode,
        op.global('__builtin__', 'object'),
        op.none,
        op.tuple3,
        op.reduce,
      ),
      'PICKLE_MALFORMED',
    ],
    [
      'bytes of a number (which would be so many zeros)',
      pickle(op.global('builtins', 'bytes'), op.int(2 ** 30), op.tuple1, op.reduce),
      'PICKLE_MALFORMED',
    ],
    ['OBJ', pickle('(', ordered, 'o'), 'PICKLE_FORBIDDEN_OPCODE'],
    ['EXT1', pickle(bytes(0x82, 1)), 'PICKLE_FORBIDDEN_OPCODE'],
    ['EXT2', pickle(bytes(0x83, 1, 0)), 'PICKLE_FORBIDDEN_OPCODE'],
    ['EXT4', pickle(bytes(0x84, 1, 0, 0, 0)), 'PICKLE_FORBIDDEN_OPCODE'],
    ['NEXT_BUFFER', pickle(0x97), 'PICKLE_FORBIDDEN_OPCODE'],
    ['READONLY_BUFFER', pickle(op.none, 0x98), 'PICKLE_FORBIDDEN_OPCODE'],
    ['PERSID', pickle('Psomething\n'), 'PICKLE_FORBIDDEN_OPCODE'],
    ['BINPERSID', pickle(op.none, op.persistentId), 'PICKLE_FORBIDDEN_OPCODE'],
    ['101 marks', pickle(Array(101).fill('('), op.none), 'PICKLE_LIMIT'],
    ['lists 101 deep', pickle(Array(101).fill(']'), Array(100).fill('a')), 'PICKLE_LIMIT'],
    ['tuples 100 000 deep', pickle(op.none, Array(100_000).fill(bytes(0x85))), 'PICKLE_LIMIT'],
    ['a list in itself', pickle(op.emptyList, op.put(0), op.get(0), op.append), 'PICKLE_LIMIT'],
    [
      'a dict in itself by way of a list',
      pickle(op.emptyDict, op.put(0), op.text('a'), op.list(op.get(0)), op.setItem),
      'PICKLE_LIMIT',
    ],
    ['a value that doubles 60 times', pickle(bomb(60)), 'PICKLE_LIMIT'],
    ['a value that doubles 40 times', pickle(bomb(40)), 'PICKLE_LIMIT'],
    ['200 000 dicts', pickle(Array(200_000).fill('}')), 'PICKLE_LIMIT'],
    ['200 000 lists', pickle(Array(200_000).fill(']')), 'PICKLE_LIMIT'],
    ['600 000 operations', pickle(Array(300_000).fill('N0'), op.none), 'PICKLE_LIMIT'],
    ['300 000 values on the stack', pickle(Array(300_000).fill('N')), 'PICKLE_LIMIT'],
    [
      'the same long string encoded again and again',
      pickle(
        encode,
        op.put(0),
        op.text('a'.repeat(100_000)),
        op.text('latin1'),
        op.tuple2,
        op.put(1),
        op.reduce,
        Array(10_000).fill(bytes(op.pop, op.get(0), op.get(1), op.reduce)),
      ),
      'PICKLE_LIMIT',
    ],
    ['17 MB', pickle(op.binary(Buffer.alloc(17 * 2 ** 20))), 'PICKLE_LIMIT'],
  ];
  test.each(cases)('%s', async (_, file, code) => {
    await expectRefusal(() => read(file), code);
  });
});

test('every truncated pickle is refused', async () => {
  const whole = readFileSync(new URL('../../fixtures/formats/pickle/values_4.pkl', import.meta.url));
  for (let length = 0; length < whole.length; length += length < 600 ? 1 : 97) {
    await expectRefusal(() => read(whole.subarray(0, length)), 'PICKLE_MALFORMED');
  }
});

test('a pickle of half a megabyte of operations is read', () => {
  const file = pickle(op.emptyList, '(', Array(80_000).fill(bytes(op.shortText('ab'), op.memoize)), 'e');
  expect(read(file)).toHaveLength(80_000);
});
