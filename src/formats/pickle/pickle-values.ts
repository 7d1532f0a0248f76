import type { PaperdeskError } from '../../errors.ts';

/**
 * Python data as the interpreter hands it on: a list is an array, a tuple a frozen array, a dict a Map (so that no
 * key can reach a prototype), a set a Set, int a number or (beyond 2^53) a bigint, bytes and bytearray a view.
 */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly PickleValue[]
  | PickleDict
  | Set<PickleValue>
  | PickleGlobal
  | PickleObject;

export type PickleDict = Map<PickleValue, PickleValue>;

/** A dict of a type of its own, which BUILD may give attributes (torch sets `_metadata`); they are left out. */
export class AttributedDict extends Map<PickleValue, PickleValue> {}

/** What a constructor may ask of the interpreter that calls it. */
export interface PickleContext {
  /** How sentences about the file begin: "The scaler". */
  readonly what: string;
  /** The error for arguments that make no sense; it names the place in the file. */
  malformed(reason: string): PaperdeskError;
  /** Counts work that grows with memoized arguments, so that repeating it cannot get out of hand. */
  spend(units: number): void;
  /** Raw bytes that stand in the stream right behind the opcode at work. */
  takeBytes(length: number): Uint8Array;
  /** A whole pickle that stands in the stream right behind the opcode at work. */
  takePickle(): PickleValue;
}

/** Makes plain data of the positional arguments. */
type PickleConstructor = (args: readonly PickleValue[], context: PickleContext) => PickleValue;

/** What may be done with a global: nothing more than name it, REDUCE it by `call`, NEWOBJ it by `create`. */
export interface AllowedGlobal {
  readonly call?: PickleConstructor;
  readonly create?: PickleConstructor;
}

/** An allowed global, as it lies on the stack. */
export class PickleGlobal {
  readonly module: string;
  readonly name: string;
  readonly allowed: AllowedGlobal;

  constructor(module: string, name: string, allowed: AllowedGlobal) {
    this.module = module;
    this.name = name;
    this.allowed = allowed;
  }

  is(module: string, name: string): boolean {
    return this.module === module && this.name === name;
  }
}

/** Data with a type of its own, made by a constructor of an allow-list. */
export abstract class PickleObject {
  /** The name to call it by in sentences. */
  abstract readonly typeName: string;

  /** BUILD: takes the state; the answer replaces the object on the stack. */
  build(_state: PickleValue, context: PickleContext): PickleValue {
    throw context.malformed(`${this.typeName} takes no state`);
  }

  /** The values inside, for the check of depth and extent. */
  children(): Iterable<PickleValue> {
    return [];
  }
}

/** An instance of a class of which only arguments and attributes are of interest. */
export class PickleInstance extends PickleObject {
  readonly typeName: string;
  readonly args: readonly PickleValue[];
  /** `__dict__`; empty until BUILD. */
  attributes: PickleDict = new Map();

  constructor(typeName: string, args: readonly PickleValue[] = []) {
    super();
    this.typeName = typeName;
    this.args = args;
  }

  override build(state: PickleValue, context: PickleContext): PickleValue {
    if (!(state instanceof Map)) {
      throw context.malformed(`the state of ${this.typeName} is ${describe(state)}, not a dict`);
    }
    this.attributes = state;
    return this;
  }

  override children(): Iterable<PickleValue> {
    return [this.args, this.attributes];
  }
}

/** `module name` -> what may be done with it. */
export type AllowList = ReadonlyMap<string, PickleGlobal>;

/** One allow-list of several tables whose keys are `module name`. */
export function allowList(...tables: Readonly<Record<string, AllowedGlobal>>[]): AllowList {
  const list = new Map<string, PickleGlobal>();
  for (const table of tables) {
    for (const [key, allowed] of Object.entries(table)) {
      const [module, name] = key.split(' ') as [string, string];
      list.set(key, new PickleGlobal(module, name, allowed));
    }
  }
  return list;
}

const EMPTY_TUPLE: readonly PickleValue[] = Object.freeze([]);

export function tuple(items: PickleValue[]): readonly PickleValue[] {
  return items.length === 0 ? EMPTY_TUPLE : Object.freeze(items);
}

export function isTuple(value: PickleValue | undefined): value is readonly PickleValue[] {
  return Array.isArray(value) && Object.isFrozen(value);
}

export function isList(value: PickleValue | undefined): value is PickleValue[] {
  return Array.isArray(value) && !Object.isFrozen(value);
}

/** Whether Python would take it as a key. */
export function isHashable(value: PickleValue): boolean {
  return !(value instanceof Map || value instanceof Set || isList(value));
}

/** A short description for sentences, never the content. */
export function describe(value: PickleValue | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'None';
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (Array.isArray(value)) return `a ${Object.isFrozen(value) ? 'tuple' : 'list'} of ${value.length}`;
  if (value instanceof Map) return `a dict of ${value.size}`;
  if (value instanceof Set) return `a set of ${value.size}`;
  if (value instanceof PickleGlobal) return `the name ${value.module}.${value.name}`;
  if (value instanceof PickleObject) return `a ${value.typeName}`;
  if (typeof value === 'string') return 'a string';
  if (typeof value === 'boolean') return 'a bool';
  return 'a number';
}
