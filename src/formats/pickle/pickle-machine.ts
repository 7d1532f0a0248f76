import { PaperdeskError } from '../../errors.ts';
import { PickleCursor } from './pickle-cursor.ts';
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
  /** A better error than PICKLE_FORBIDDEN_GLOBAL for some names. */
  readonly refuse?: (refused: RefusedGlobal) => PaperdeskError | undefined;
  /** The remedy for a forbidden name, as a sentence. */
  readonly remedy?: string;
  readonly limits?: Partial<PickleLimits>;
}

/** What is left of the limits, for a pickle and those nested in it. */
export interface PickleBudget {
  opcodes: number;
  containers: number;
  work: number;
  nesting: number;
}

export type RunNested = (machine: PickleMachine) => PickleValue;

const MAX_NAME = 256;

/** Stack, marks and memo of one pickle; pickle-opcodes.ts has the opcodes. */
export class PickleMachine implements PickleContext {
  readonly cursor: PickleCursor;
  readonly kind: PickleKind;
  readonly limits: PickleLimits;
  readonly budget: PickleBudget;
  private readonly run: RunNested;
  private readonly stack: PickleValue[] = [];
  private readonly marks: number[] = [];
  /** Values below belong to outer marks and cannot be popped. */
  private floor = 0;
  private readonly memo: (PickleValue | undefined)[] = [];
  private memoized = 0;

  constructor(
    cursor: PickleCursor,
    kind: PickleKind,
    limits: PickleLimits,
    budget: PickleBudget,
    run: RunNested,
  ) {
    this.cursor = cursor;
    this.kind = kind;
    this.limits = limits;
    this.budget = budget;
    this.run = run;
  }

  get what(): string {
    return this.kind.what;
  }

  malformed(reason: string): PaperdeskError {
    return this.cursor.malformed(reason);
  }

  limit(what: string): PaperdeskError {
    return new PaperdeskError(
      'PICKLE_LIMIT',
      `${this.kind.what} is a pickle with more than ${what}, at byte ${this.cursor.opcodeOffset}.`,
    );
  }

  forbidden(what: string): PaperdeskError {
    return new PaperdeskError(
      'PICKLE_FORBIDDEN_OPCODE',
      `${this.kind.what} is a pickle that uses ${what} at byte ${this.cursor.opcodeOffset}, which is not accepted.`,
    );
  }

  spend(units: number): void {
    this.budget.work -= units;
    if (this.budget.work < 0) throw this.limit('a few steps of work per byte');
  }

  /** Counts a new tuple, list, dict, set or object. */
  countContainer(): void {
    if (--this.budget.containers < 0) throw this.limit(`${this.limits.containers} containers and objects`);
  }

  takeBytes(length: number): Uint8Array {
    return this.cursor.take(length);
  }

  takePickle(): PickleValue {
    if (--this.budget.nesting < 0) throw this.limit('the accepted number of nested pickles');
    const inner = new PickleCursor(this.cursor.bytes, this.cursor.what, this.cursor.offset);
    const value = this.run(new PickleMachine(inner, this.kind, this.limits, this.budget, this.run));
    this.cursor.offset = inner.offset;
    return value;
  }

  push(value: PickleValue): void {
    if (this.stack.length >= this.limits.stack) throw this.limit(`${this.limits.stack} values on the stack`);
    this.stack.push(value);
  }

  pop(): PickleValue {
    if (this.stack.length <= this.floor) throw this.malformed('the stack is empty');
    return this.stack.pop() as PickleValue;
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
    if (this.marks.length >= this.limits.depth) throw this.limit(`${this.limits.depth} marks open`);
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
    const items: PickleValue[] = [];
    for (let i = 0; i < length; i++) items.push(this.pop());
    return tuple(items.reverse());
  }

  /** The result at STOP: the only value on the stack. */
  result(): PickleValue {
    const value = this.pop();
    if (this.stack.length > 0 || this.marks.length > 0)
      throw this.malformed('values are left over at the end');
    return value;
  }

  put(index: number | undefined): void {
    if (index === undefined) throw this.malformed('a memo index is not a number');
    if (index >= this.limits.memo) throw this.limit(`${this.limits.memo} memo entries`);
    if (this.memo[index] === undefined) this.memoized += 1;
    this.memo[index] = this.top();
  }

  memoize(): void {
    this.put(this.memoized);
  }

  get(index: number | undefined): void {
    const value = index === undefined ? undefined : this.memo[index];
    if (value === undefined) throw this.malformed('a memo entry is read that was never set');
    this.push(value);
  }

  setItem(dict: PickleDict, key: PickleValue, value: PickleValue): void {
    if (!isHashable(key)) throw this.malformed(`${describe(key)} cannot be a key`);
    dict.set(key, value);
  }

  pairs(dict: PickleDict, items: readonly PickleValue[]): PickleDict {
    if (items.length % 2 !== 0) throw this.malformed('a key has no value');
    for (let i = 0; i < items.length; i += 2) {
      this.setItem(dict, items[i] as PickleValue, items[i + 1] as PickleValue);
    }
    return dict;
  }

  /** GLOBAL: the allowed global. @throws PICKLE_FORBIDDEN_GLOBAL, what `refuse` returns */
  global(module: PickleValue, name: PickleValue): PickleGlobal {
    if (typeof module !== 'string' || typeof name !== 'string') {
      throw this.malformed(`${describe(module)} and ${describe(name)} do not name anything`);
    }
    const short = module.length <= MAX_NAME && name.length <= MAX_NAME;
    const allowed = short ? this.kind.globals.get(`${module} ${name}`) : undefined;
    if (allowed !== undefined) return allowed;
    const { bytes, opcodeOffset: offset, offset: next } = this.cursor;
    throw (
      this.kind.refuse?.({ module, name, bytes, offset, next }) ??
      forbiddenGlobal(this.kind, module, name, offset)
    );
  }

  /** REDUCE. */
  call(callee: PickleValue, args: PickleValue): PickleValue {
    if (!(callee instanceof PickleGlobal)) throw this.malformed(`${describe(callee)} cannot be called`);
    if (!isTuple(args)) throw this.malformed(`${callee.name} is called with ${describe(args)}`);
    const { call } = callee.allowed;
    if (call === undefined) throw this.forbidden(`a call of ${callee.module}.${callee.name}`);
    this.countContainer();
    return call(args, this);
  }

  /** NEWOBJ. */
  create(type: PickleValue, args: PickleValue): PickleValue {
    if (!(type instanceof PickleGlobal)) throw this.malformed(`${describe(type)} is not a class`);
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

  persistent(id: PickleValue): PickleValue {
    if (this.kind.persistentLoad === undefined) throw this.forbidden('a persistent id');
    this.countContainer();
    return this.kind.persistentLoad(id, this);
  }
}

function forbiddenGlobal(kind: PickleKind, module: string, name: string, offset: number): PaperdeskError {
  const shown = JSON.stringify(`${module.slice(0, MAX_NAME)} ${name.slice(0, MAX_NAME)}`);
  const remedy = kind.remedy === undefined ? '' : ` ${kind.remedy}`;
  return new PaperdeskError(
    'PICKLE_FORBIDDEN_GLOBAL',
    `${kind.what} is a pickle that names ${shown} at byte ${offset}, which is not data; nothing was executed.${remedy}`,
  );
}
