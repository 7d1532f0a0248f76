import type { PickleMachine } from './pickle-machine.ts';
import {
  integerFromBytes,
  parseFloatText,
  parseIndex,
  parseInteger,
  parseQuoted,
  parseRawUnicode,
} from './pickle-text.ts';
import { describe, isList, PickleGlobal, PickleObject, type PickleValue, tuple } from './pickle-values.ts';

export const STOP = 0x2e;
const HIGHEST_PROTOCOL = 5;

type Run = (machine: PickleMachine) => void;
const push =
  (read: (machine: PickleMachine) => PickleValue): Run =>
  (m) =>
    m.push(read(m));
const refuse =
  (name: string): Run =>
  (m) => {
    throw m.forbidden(`the opcode ${name}`);
  };

/** All opcodes of protocols 0 to 5 (Python's pickletools), by their byte. */
const TABLE: readonly (readonly [number | string, string, Run])[] = [
  // framing
  [0x80, 'PROTO', protocol],
  [0x95, 'FRAME', frame],
  // atoms
  ['N', 'NONE', push(() => null)],
  [0x88, 'NEWTRUE', push(() => true)],
  [0x89, 'NEWFALSE', push(() => false)],
  ['I', 'INT', push(textInteger)],
  ['L', 'LONG', push(textLong)],
  ['J', 'BININT', push((m) => m.i32())],
  ['K', 'BININT1', push((m) => m.u8())],
  ['M', 'BININT2', push((m) => m.u16())],
  [0x8a, 'LONG1', push((m) => integer(m, m.u8()))],
  [0x8b, 'LONG4', push((m) => integer(m, m.i32()))],
  ['F', 'FLOAT', push((m) => required(m, parseFloatText(m.line()), 'a float'))],
  ['G', 'BINFLOAT', push((m) => m.f64())],
  // text and bytes; str of Python 2 is decoded as latin-1
  ['S', 'STRING', push((m) => required(m, parseQuoted(m.line()), 'a quoted string'))],
  ['T', 'BINSTRING', push((m) => m.latin1(length(m, m.i32())))],
  ['U', 'SHORT_BINSTRING', push((m) => m.latin1(m.u8()))],
  ['V', 'UNICODE', push((m) => required(m, parseRawUnicode(m.line()), 'a string'))],
  ['X', 'BINUNICODE', push((m) => m.utf8(m.u32()))],
  [0x8c, 'SHORT_BINUNICODE', push((m) => m.utf8(m.u8()))],
  [0x8d, 'BINUNICODE8', push((m) => m.utf8(m.u64()))],
  ['B', 'BINBYTES', push((m) => m.take(m.u32()))],
  ['C', 'SHORT_BINBYTES', push((m) => m.take(m.u8()))],
  [0x8e, 'BINBYTES8', push((m) => m.take(m.u64()))],
  [0x96, 'BYTEARRAY8', push((m) => m.take(m.u64()))],
  [0x97, 'NEXT_BUFFER', refuse('NEXT_BUFFER')],
  [0x98, 'READONLY_BUFFER', refuse('READONLY_BUFFER')],
  // containers
  ['(', 'MARK', (m) => m.mark()],
  [')', 'EMPTY_TUPLE', push(() => tuple([]))],
  [0x85, 'TUPLE1', push((m) => m.popTuple(1))],
  [0x86, 'TUPLE2', push((m) => m.popTuple(2))],
  [0x87, 'TUPLE3', push((m) => m.popTuple(3))],
  ['t', 'TUPLE', push((m) => tuple(list(m, m.popToMark())))],
  [']', 'EMPTY_LIST', push((m) => list(m, []))],
  ['l', 'LIST', push((m) => list(m, m.popToMark()))],
  ['a', 'APPEND', (m) => append(m, [m.pop()])],
  ['e', 'APPENDS', (m) => append(m, m.popToMark())],
  ['}', 'EMPTY_DICT', push(emptyDict)],
  ['d', 'DICT', push((m) => m.setItems(emptyDict(m), m.popToMark()))],
  ['s', 'SETITEM', (m) => setItems(m, m.popTwo())],
  ['u', 'SETITEMS', (m) => setItems(m, m.popToMark())],
  [0x8f, 'EMPTY_SET', push((m) => newSet(m, []))],
  [0x90, 'ADDITEMS', addItems],
  [0x91, 'FROZENSET', push((m) => Object.freeze(newSet(m, m.popToMark())))],
  // stack and memo
  ['0', 'POP', (m) => m.popOrUnmark()],
  ['1', 'POP_MARK', (m) => void m.popToMark()],
  ['2', 'DUP', push((m) => m.top())],
  ['p', 'PUT', (m) => m.put(memoIndex(m))],
  ['q', 'BINPUT', (m) => m.put(m.u8())],
  ['r', 'LONG_BINPUT', (m) => m.put(m.u32())],
  [0x94, 'MEMOIZE', (m) => m.put()],
  ['g', 'GET', push((m) => m.get(parseIndex(m.line()) ?? -1))],
  ['h', 'BINGET', push((m) => m.get(m.u8()))],
  ['j', 'LONG_BINGET', push((m) => m.get(m.u32()))],
  // names, calls and objects: only those on the allow-list
  ['c', 'GLOBAL', push((m) => m.global(m.line(), m.line()))],
  [0x93, 'STACK_GLOBAL', push((m) => m.global(...m.popTwo()))],
  ['R', 'REDUCE', push((m) => m.call(...m.popTwo()))],
  [0x81, 'NEWOBJ', push((m) => m.create(...m.popTwo()))],
  [0x92, 'NEWOBJ_EX', push(newObjectWithKeywords)],
  ['b', 'BUILD', push((m) => m.build(...m.popTwo()))],
  ['P', 'PERSID', push((m) => m.persistent(m.line()))],
  ['Q', 'BINPERSID', push((m) => m.persistent(m.pop()))],
  ['i', 'INST', oldInstance],
  ['o', 'OBJ', refuse('OBJ')],
  [0x82, 'EXT1', refuse('EXT1')],
  [0x83, 'EXT2', refuse('EXT2')],
  [0x84, 'EXT4', refuse('EXT4')],
];

/** What each opcode does, by its byte; undefined for a byte that is none. */
export const OPCODES: readonly (Run | undefined)[] = (() => {
  const opcodes: (Run | undefined)[] = new Array(256).fill(undefined);
  for (const [code, , run] of TABLE) opcodes[typeof code === 'string' ? code.charCodeAt(0) : code] = run;
  return opcodes;
})();

function protocol(m: PickleMachine): void {
  const version = m.u8();
  if (version > HIGHEST_PROTOCOL) {
    throw m.malformed(`it has protocol ${version}; protocols 0 to ${HIGHEST_PROTOCOL} are known`);
  }
}

/** Frames only help reading ahead; the declared bytes must still exist. */
function frame(m: PickleMachine): void {
  m.offset = m.skip(m.u64());
}

function required<T>(m: PickleMachine, value: T | undefined, what: string): T {
  if (value === undefined) throw m.malformed(`${what} is expected`);
  return value;
}

function memoIndex(m: PickleMachine): number {
  const index = parseIndex(m.line());
  if (index === undefined) throw m.malformed('a memo index is not a number');
  return index;
}

function length(m: PickleMachine, declared: number): number {
  if (declared < 0) throw m.malformed(`a length of ${declared}`);
  return declared;
}

function integer(m: PickleMachine, size: number): number | bigint {
  const bytes = length(m, size);
  if (bytes > m.run.limits.integerBytes) throw m.limit(`${m.run.limits.integerBytes} bytes in one integer`);
  return integerFromBytes(m.take(bytes));
}

function textInteger(m: PickleMachine): PickleValue {
  const line = m.line();
  if (line === '00') return false;
  if (line === '01') return true;
  return decimal(m, line);
}

function textLong(m: PickleMachine): PickleValue {
  const line = m.line();
  return decimal(m, line.endsWith('L') ? line.slice(0, -1) : line);
}

function decimal(m: PickleMachine, text: string): number | bigint {
  if (text.length > m.run.limits.integerBytes)
    throw m.limit(`${m.run.limits.integerBytes} digits in one integer`);
  return required(m, parseInteger(text), 'an integer');
}

function list(m: PickleMachine, items: PickleValue[]): PickleValue[] {
  m.countContainer();
  return items;
}

function append(m: PickleMachine, items: readonly PickleValue[]): void {
  const list = m.top();
  if (isList(list)) for (const item of items) list.push(item);
  else if (list instanceof PickleObject) list.addItems(items, m);
  else throw m.malformed(`${describe(list)} cannot be appended to`);
}

function emptyDict(m: PickleMachine): Map<PickleValue, PickleValue> {
  m.countContainer();
  return new Map();
}

function setItems(m: PickleMachine, items: readonly PickleValue[]): void {
  const dict = m.top();
  if (dict instanceof Map) m.setItems(dict, items);
  else if (dict instanceof PickleObject) dict.addItems(items, m);
  else throw m.malformed(`${describe(dict)} has no items to set`);
}

function newSet(m: PickleMachine, items: readonly PickleValue[]): Set<PickleValue> {
  m.countContainer();
  return new Set(items);
}

function addItems(m: PickleMachine): void {
  const items = m.popToMark();
  const set = m.top();
  if (set instanceof Set && !Object.isFrozen(set)) for (const item of items) set.add(item);
  else if (set instanceof PickleObject) set.addItems(items, m);
  else throw m.malformed(`${describe(set)} cannot be added to`);
}

function newObjectWithKeywords(m: PickleMachine): PickleValue {
  const keywords = m.pop();
  const [type, args] = m.popTwo();
  const isInert = type instanceof PickleGlobal && type.allowed.isInert === true;
  if (!isInert && !(keywords instanceof Map && keywords.size === 0)) {
    throw m.forbidden(`the opcode NEWOBJ_EX with ${describe(keywords)} as keyword arguments`);
  }
  return m.create(type, args);
}

/** INST names a class like GLOBAL and creates an instance, as only old-style classes of Python 2 needed. */
function oldInstance(m: PickleMachine): void {
  m.global(m.line(), m.line());
  throw m.forbidden('the opcode INST');
}
