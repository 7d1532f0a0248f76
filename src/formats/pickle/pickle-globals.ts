import {
  type AllowedGlobal,
  AttributedDict,
  describe,
  type GlobalTable,
  type PickleConstructor,
  type PickleContext,
  type PickleDict,
  PickleGlobal,
  PickleInstance,
  type PickleValue,
  tuple,
} from './pickle-values.ts';

/** Constructors of Python's built-in data types, for the allow-lists of all kinds of files. */

/** A table with the same entry for every name; `prefix` is the start of all `module name`. */
export function forNames(prefix: string, names: readonly string[], allowed: AllowedGlobal): GlobalTable {
  return Object.fromEntries(names.map((name) => [prefix + name, allowed]));
}

/** A class whose instances are stored as arguments and attributes. */
export function instanceOf(typeName: string): AllowedGlobal {
  return construct((args) => new PickleInstance(typeName, args));
}

function instances(...names: readonly string[]): GlobalTable {
  return Object.fromEntries(names.map((name) => [name, instanceOf(name.replace(' ', '.'))]));
}

/** A class that REDUCE and NEWOBJ create in the same way. */
export function construct(create: PickleConstructor): AllowedGlobal {
  return { call: create, create };
}

/** `module name` with the module names of Python 2 (and pickle's fix_imports) and Python 3. */
function both(python3: string, python2: string, table: GlobalTable): GlobalTable {
  const entries = Object.entries(table).flatMap(([name, allowed]) =>
    [python3, python2].map((module) => [`${module} ${name}`, allowed]),
  );
  return Object.fromEntries(entries);
}

/** Names that strings, bytes and objects of protocols 0 to 2 need. */
export const PLAIN_GLOBALS: GlobalTable = {
  '_codecs encode': { call: encode },
  ...both('copyreg', 'copy_reg', { _reconstructor: { call: reconstructor } }),
  ...both('builtins', '__builtin__', {
    object: {},
    bytes: { call: bytesOf },
    bytearray: { call: bytesOf },
    set: { call: setOf },
    frozenset: { call: setOf },
  }),
};

/** Containers and values of a training state, without the weights. */
export const TRAINING_STATE_GLOBALS: GlobalTable = {
  'collections OrderedDict': { call: dictOf },
  'collections Counter': { call: dictOf },
  'collections defaultdict': { call: defaultDict },
  ...instances('argparse Namespace', 'types SimpleNamespace'),
  ...instances('datetime datetime', 'datetime date', 'datetime timedelta'),
  ...instances('pathlib PosixPath', 'pathlib PurePosixPath', 'pathlib WindowsPath'),
  ...both('builtins', '__builtin__', {
    complex: instanceOf('complex'),
    slice: instanceOf('slice'),
    range: instanceOf('range'),
    dict: { call: dictOf },
    list: { call: (args, context) => [...itemsOf(args, context)] },
    tuple: { call: (args, context) => tuple([...itemsOf(args, context)]) },
    // Only referenced, for example as the factory of a defaultdict; long and unicode are from Python 2.
    int: {},
    long: {},
    float: {},
    bool: {},
    str: {},
    unicode: {},
  }),
};

/** `_codecs.encode(text, 'latin1')` is how protocols 0 to 2 write bytes. */
function encode(args: readonly PickleValue[], context: PickleContext): Uint8Array {
  const [text, encoding] = args;
  const latin1 = encoding === 'latin1' || encoding === 'latin-1';
  if (args.length !== 2 || typeof text !== 'string' || !latin1) {
    throw context.malformed('_codecs.encode is only accepted for a string and latin1');
  }
  return latin1Bytes(text, context);
}

/** The bytes of a string, one per character. */
export function latin1Bytes(text: string, context: PickleContext): Uint8Array {
  context.spend(text.length);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0xff) throw context.malformed('a string for bytes has a character that is not one byte');
    bytes[i] = code;
  }
  return bytes;
}

/** `bytes()`, `bytearray(bytes)` and `bytearray(text, 'latin-1')`. */
function bytesOf(args: readonly PickleValue[], context: PickleContext): Uint8Array {
  const [content] = args;
  if (args.length === 0) return new Uint8Array(0);
  if (args.length === 1 && content instanceof Uint8Array) return content;
  if (args.length === 2 && typeof content === 'string') return encode(args, context);
  throw context.malformed(`bytes cannot be made from ${describe(content)}`);
}

/** The items of the list or tuple that a container is made from. */
function itemsOf(args: readonly PickleValue[], context: PickleContext): readonly PickleValue[] {
  const [items] = args;
  if (args.length === 0) return [];
  if (args.length > 1 || !Array.isArray(items)) {
    throw context.malformed(`a container cannot be made from ${describe(items)}`);
  }
  context.spendCopies(items.length);
  return items as readonly PickleValue[];
}

function setOf(args: readonly PickleValue[], context: PickleContext): Set<PickleValue> {
  return new Set(itemsOf(args, context));
}

/** `OrderedDict()`, `OrderedDict([[key, value], ...])` and `Counter({...})`. */
export function dictOf(args: readonly PickleValue[], context: PickleContext): PickleDict {
  const [content] = args;
  if (content instanceof Map && args.length === 1) {
    context.spendCopies(content.size);
    return new AttributedDict(content);
  }
  const pairs = itemsOf(args, context);
  if (!pairs.every((pair) => Array.isArray(pair) && pair.length === 2)) {
    throw context.malformed('an item of a dict is not a pair');
  }
  return context.setItems(new AttributedDict(), pairs.flat());
}

/** `defaultdict(factory, ...)`: the factory is never called. */
function defaultDict(args: readonly PickleValue[], context: PickleContext): PickleDict {
  const [factory, ...content] = args;
  if (factory !== undefined && factory !== null && !(factory instanceof PickleGlobal)) {
    throw context.malformed(`a defaultdict has ${describe(factory)} as its factory`);
  }
  return dictOf(content, context);
}

/** `copyreg._reconstructor(class, object, None)` is how protocols 0 and 1 create an instance. */
function reconstructor(args: readonly PickleValue[], context: PickleContext): PickleValue {
  const [type, base, state] = args;
  if (type instanceof PickleGlobal && type.allowed.isInert === true) return type.allowed.create!([], context);
  const plain = base instanceof PickleGlobal && base.name === 'object' && state === null;
  if (!(type instanceof PickleGlobal) || type.allowed.create === undefined || !plain || args.length !== 3) {
    throw context.malformed('copyreg._reconstructor is only accepted for classes of plain data');
  }
  return type.allowed.create([], context);
}
