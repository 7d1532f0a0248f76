import { PaperdeskError } from '../../errors.ts';
import { PickleCursor } from './pickle-cursor.ts';
import { classOf, PickleInert } from './pickle-inert.ts';
import type { PickleLimits } from './pickle-limits.ts';
import {
  type AllowList,
  AttributedDict,
  describe,
  isHashable,
  isTuple,
  type PickleContext,
  type PickleDict,
  PickleGlobal,
  PickleObject,
  type PickleValue,
  tuple,
} from './pickle-values.ts';

/** A name in a pickle that is not on the allow-list. */
export interface RefusedGlobal {
  readonly module: string;
  readonly name: string;
  /** The whole pickle, the offset of the opcode and the offset after it: context for a better error. */
  readonly bytes: Uint8Array;
  readonly offset: number;
  readonly next: number;
}

/** A kind of file: the names that its pickles may use. */
export interface PickleKind {
  /** How sentences begin: "The scaler". */
  readonly what: string;
  readonly globals: AllowList;
  /** Loads the data of a persistent id; without it such ids are refused. */
  readonly persistentLoad?: (id: PickleValue, context: PickleContext) => PickleValue;
  /** What stands for a name that is not in `globals`, and is never run; undefined refuses it. */
  readonly unknownGlobal?: (refused: RefusedGlobal) => PickleGlobal | undefined;
  /** A better error than PICKLE_FORBIDDEN_GLOBAL for some names. */
  readonly refuse?: (refused: RefusedGlobal) => PaperdeskError | undefined;
  /** The remedy for a forbidden name, as a sentence. */
  readonly remedy?: string;
  readonly limits?: Partial<PickleLimits>;
}

/** What a pickle shares with those nested in it, with what is left of the limits. */
export interface PickleRun {
  readonly kind: PickleKind;
  readonly limits: PickleLimits;
  readonly execute: (machine: PickleMachine) => PickleValue;
  opcodes: number;
  containers: number;
  copies: number;
  work: number;
  nesting: number;
}

const MAX_NAME = 256;

/** Stack, marks and memo of one pickle; pickle-opcodes.ts has the opcodes. */
export class PickleMachine extends PickleCursor implements PickleContext {
  readonly run: PickleRun;
  private readonly stack: PickleValue[] = [];
  private readonly marks: number[] = [];
  /** Values below belong to outer marks and cannot be popped. */
  private floor = 0;
  private readonly memo: (PickleValue | undefined)[] = [];
  private memoized = 0;

  constructor(bytes: Uint8Array, run: PickleRun, offset = 0) {
    super(bytes, run.kind.what, offset);
    this.run = run;
  }

  limit(what: string): PaperdeskError {
    return new PaperdeskError(
      'PICKLE_LIMIT',
      `${this.what} is a pickle with more than ${what}, at byte ${this.opcodeOffset}.`,
    );
  }

  forbidden(what: string): PaperdeskError {
    return new PaperdeskError(
      'PICKLE_FORBIDDEN_OPCODE',
      `${this.what} is a pickle that uses ${what} at byte ${this.opcodeOffset}, which is not accepted.`,
    );
  }

  spend(units: number): void {
    this.run.work -= units;
    if (this.run.work < 0) throw this.limit('a few steps of work per byte');
  }

  spendCopies(values: number): void {
    this.run.copies -= values;
    if (this.run.copies < 0) throw this.limit(`${this.run.limits.copies} copied values`);
  }

  /** Counts a new tuple, list, dict, set or object. */
  countContainer(): void {
    if (--this.run.containers < 0) throw this.limit(`${this.run.limits.containers} containers and objects`);
  }

  takePickle(): PickleValue {
    if (--this.run.nesting < 0) throw this.limit('the accepted number of nested pickles');
    const nested = new PickleMachine(this.bytes, this.run, this.offset);
    const value = this.run.execute(nested);
    this.offset = nested.offset;
    return value;
  }

  push(value: PickleValue): void {
    const { stack } = this.run.limits;
    if (this.stack.length >= stack) throw this.limit(`${stack} values on the stack`);
    this.stack.push(value);
  }

  pop(): PickleValue {
    const value = this.top();
    this.stack.length -= 1;
    return value;
  }

  /** The two topmost values, the lower one first. */
  popTwo(): [PickleValue, PickleValue] {
    const top = this.pop();
    return [this.pop(), top];
  }

  top(): PickleValue {
    if (this.stack.length <= this.floor) throw this.malformed('the stack is empty');
    return this.stack.at(-1) as PickleValue;
  }

  /** POP removes a mark when no value is above it. */
  popOrUnmark(): void {
    if (this.stack.length > this.floor || this.marks.length === 0) this.pop();
    else this.popToMark();
  }

  mark(): void {
    const { depth } = this.run.limits;
    if (this.marks.length >= depth) throw this.limit(`${depth} marks open`);
    this.marks.push(this.stack.length);
    this.floor = this.stack.length;
  }

  /** Removes the last mark and the values above it. @returns the values in order */
  popToMark(): PickleValue[] {
    const mark = this.marks.pop();
    if (mark === undefined) throw this.malformed('a mark is missing');
    this.floor = this.marks.at(-1) ?? 0;
    return this.stack.splice(mark);
  }

  popTuple(length: number): readonly PickleValue[] {
    this.countContainer();
    if (this.stack.length - this.floor < length) throw this.malformed('the stack is empty');
    return tuple(this.stack.splice(-length));
  }

  /** The result at STOP: the only value on the stack. */
  result(): PickleValue {
    const value = this.pop();
    if (this.stack.length > 0 || this.marks.length > 0)
      throw this.malformed('values are left over at the end');
    return value;
  }

  /** Stores the top of the stack in the memo; MEMOIZE uses the number of entries as the index. */
  put(index: number | undefined = this.memoized): void {
    const { memo } = this.run.limits;
    if (index >= memo) throw this.limit(`${memo} memo entries`);
    if (this.memo[index] === undefined) this.memoized += 1;
    this.memo[index] = this.top();
  }

  get(index: number): PickleValue {
    const value = this.memo[index];
    if (value === undefined) throw this.malformed('a memo entry is read that was never set');
    return value;
  }

  setItems<Dict extends PickleDict>(dict: Dict, items: readonly PickleValue[]): Dict {
    if (items.length % 2 !== 0) throw this.malformed('a key has no value');
    for (let i = 0; i < items.length; i += 2) {
      const key = items[i] as PickleValue;
      if (!isHashable(key)) throw this.malformed(`${describe(key)} cannot be a key`);
      dict.set(key, items[i + 1] as PickleValue);
    }
    return dict;
  }

  /** GLOBAL: the allowed global. @throws PICKLE_FORBIDDEN_GLOBAL, what `refuse` returns */
  global(module: PickleValue, name: PickleValue): PickleGlobal {
    if (typeof module !== 'string' || typeof name !== 'string') {
      throw this.malformed(`${describe(module)} and ${describe(name)} do not name anything`);
    }
    const { kind } = this.run;
    const isShort = module.length <= MAX_NAME && name.length <= MAX_NAME;
    const allowed = isShort ? kind.globals.get(`${module} ${name}`) : undefined;
    if (allowed !== undefined) return allowed;
    const { bytes, opcodeOffset: offset, offset: next } = this;
    const refused: RefusedGlobal = { module, name, bytes, offset, next };
    const inert = isShort ? kind.unknownGlobal?.(refused) : undefined;
    if (inert !== undefined) return inert;
    throw kind.refuse?.(refused) ?? forbiddenGlobal(kind, refused);
  }

  /** REDUCE. */
  call(named: PickleValue, args: PickleValue): PickleValue {
    const callee = named instanceof PickleInert ? classOf(named, this) : named;
    if (!(callee instanceof PickleGlobal)) throw this.malformed(`${describe(callee)} cannot be called`);
    if (!isTuple(args)) throw this.malformed(`${callee.name} is called with ${describe(args)}`);
    const { call } = callee.allowed;
    if (call === undefined) throw this.forbidden(`a call of ${callee.module}.${callee.name}`);
    this.countContainer();
    return call(args, this);
  }

  /** NEWOBJ. */
  create(named: PickleValue, args: PickleValue): PickleValue {
    const type = classOf(named, this);
    if (!isTuple(args)) throw this.malformed(`${type.name} is created with ${describe(args)}`);
    const { create } = type.allowed;
    if (create === undefined) throw this.forbidden(`an instance of ${type.module}.${type.name}`);
    this.countContainer();
    return create(args, this);
  }

  /** BUILD. */
  build(object: PickleValue, state: PickleValue): PickleValue {
    if (object instanceof AttributedDict) return object;
    if (!(object instanceof PickleObject)) throw this.malformed(`${describe(object)} takes no state`);
    return object.build(state, this);
  }

  /** PERSID and BINPERSID. */
  persistent(id: PickleValue): PickleValue {
    const { persistentLoad } = this.run.kind;
    if (persistentLoad === undefined) throw this.forbidden('a persistent id');
    this.countContainer();
    return persistentLoad(id, this);
  }
}

/** The error for a name that is not on the allow-list of this kind of file. */
export function forbiddenGlobal(kind: PickleKind, { module, name, offset }: RefusedGlobal): PaperdeskError {
  const shown = JSON.stringify(`${module.slice(0, MAX_NAME)} ${name.slice(0, MAX_NAME)}`);
  const remedy = kind.remedy === undefined ? '' : ` ${kind.remedy}`;
  return new PaperdeskError(
    'PICKLE_FORBIDDEN_GLOBAL',
    `${kind.what} is a pickle that names ${shown} at byte ${offset}, which is not data; nothing was executed.${remedy}`,
  );
}
