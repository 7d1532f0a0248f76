import type { PaperdeskError } from '../../errors.ts';

/**
 * Python data: a list is an array, a tuple a frozen array, a dict a Map (so that no key can reach a prototype), a set a
 * Set, an int a number or (beyond 2^53) a bigint, bytes and bytearray a view.
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

/** A subclass of dict; BUILD may set attributes (torch sets `_metadata`), which are ignored. */
export class AttributedDict extends Map<PickleValue, PickleValue> {}

/** The interpreter, as a constructor may use it. */
export interface PickleContext {
  /** How sentences about the file begin: "The scaler". */
  readonly what: string;
  /** The error for invalid arguments; it names the offset in the file. */
  malformed(reason: string): PaperdeskError;
  /** Sets keys and values, which alternate in `items`, in a dict. @returns the dict */
  setItems<Dict extends PickleDict>(dict: Dict, items: readonly PickleValue[]): Dict;
  /** Counts work that grows with memoized arguments, which a pickle can repeat cheaply. @throws PICKLE_LIMIT */
  spend(units: number): void;
  /** Counts values that a container or array gives to another one, which may keep them. @throws PICKLE_LIMIT */
  spendCopies(values: number): void;
  /** Raw bytes that follow the current opcode in the stream. */
  take(length: number): Uint8Array;
  /** A whole pickle that follows the current opcode in the stream. */
  takePickle(): PickleValue;
}

/** Creates plain data from the positional arguments. */
export type PickleConstructor = (args: readonly PickleValue[], context: PickleContext) => PickleValue;

/** What else a pickle may do with a global than name it: REDUCE runs `call`, NEWOBJ runs `create`. */
export interface AllowedGlobal {
  readonly call?: PickleConstructor;
  readonly create?: PickleConstructor;
  /** Whether it stands for an unknown name (pickle-inert.ts), which is made with any arguments. */
  readonly isInert?: boolean;
}

/** Allowed globals by `module name`. */
export type GlobalTable = Readonly<Record<string, AllowedGlobal>>;

/** An allowed global on the stack. */
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

/** Data of a Python class, created by a constructor of an allow-list. */
export abstract class PickleObject {
  /** Its name in error messages. */
  abstract readonly typeName: string;

  /** BUILD: sets the state. @returns what replaces the object on the stack */
  build(_state: PickleValue, context: PickleContext): PickleValue {
    throw context.malformed(`${this.typeName} takes no state`);
  }

  /** APPENDS, SETITEMS and ADDITEMS. @throws PICKLE_MALFORMED for an object that is no container */
  addItems(_items: readonly PickleValue[], context: PickleContext): void {
    throw context.malformed(`a ${this.typeName} cannot be added to`);
  }

  /** The values inside, to measure depth and extent. */
  children(): Iterable<PickleValue> {
    return [];
  }
}

/** Data of a Python class that is one value. */
export abstract class PickleData<Value> extends PickleObject {
  readonly value: Value;

  constructor(value: Value) {
    super();
    this.value = value;
  }
}

/** An instance of a class, as arguments and attributes. */
export class PickleInstance extends PickleObject {
  readonly typeName: string;
  readonly args: readonly PickleValue[];
  /** `__dict__`; empty before BUILD. */
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

/** The allowed globals of a kind of file by `module name`. */
export type AllowList = ReadonlyMap<string, PickleGlobal>;

/** Merges tables whose keys are `module name`; later tables win. */
export function allowList(...tables: GlobalTable[]): AllowList {
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

/** Whether Python accepts it as a key. */
export function isHashable(value: PickleValue): boolean {
  return !(value instanceof Map || value instanceof Set || isList(value));
}

/** A short description for error messages, never the content. */
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
