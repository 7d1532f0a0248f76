import {
  describe,
  type PickleContext,
  type PickleDict,
  PickleGlobal,
  PickleObject,
  type PickleValue,
} from './pickle-values.ts';

/**
 * An object of a class that the reader does not know: a callback, a metric, an estimator of another library. Its
 * class and attributes stay readable; nothing of it ever runs. Its content is not searched, so it may contain itself.
 */
export class PickleInert extends PickleObject {
  readonly module: string;
  readonly typeName: string;
  /** What BUILD set as its `__dict__`. */
  attributes: PickleDict = new Map();

  constructor(module: string, name: string) {
    super();
    this.module = module;
    this.typeName = name;
  }

  override build(state: PickleValue): PickleValue {
    if (state instanceof Map) this.attributes = state;
    return this;
  }

  /** Items of an unknown list, dict or set, which are left out. */
  override addItems(): void {}
}

/** Modules whose names run programs, load code or reach files: no model needs them, so they are always refused. */
const REFUSED_MODULES = new Set([
  ...['os', 'posix', 'nt', 'posixpath', 'ntpath', 'subprocess', 'commands', 'popen2', 'pty', 'sys', 'site'],
  ...['importlib', 'imp', 'runpy', 'pkgutil', 'zipimport', 'code', 'codeop', 'pdb', 'bdb', 'timeit', 'pip'],
  ...['ctypes', '_ctypes', 'cffi', 'mmap', 'marshal', 'pickle', '_pickle', 'cPickle', 'shelve', 'io', '_io'],
  ...['socket', 'urllib', 'urllib2', 'requests', 'http', 'ftplib', 'smtplib', 'telnetlib', 'xmlrpc'],
  ...['webbrowser', 'shutil', 'tempfile', 'zipfile', 'tarfile', 'sqlite3', 'multiprocessing', 'threading'],
  ...['_thread', 'atexit', 'signal', 'gc', 'asyncio', 'distutils', 'setuptools', 'ensurepip', 'venv'],
]);

/** Names of the built-in module that pickles of classes, methods and exceptions use. */
const BUILTIN_NAMES = /^(getattr|[a-z]+|[A-Z]\w*)$/;
const REFUSED_BUILTINS = new Set([
  ...['eval', 'exec', 'execfile', 'compile', 'open', 'file', 'input', 'breakpoint', 'apply', 'reload'],
  ...['setattr', 'delattr', 'globals', 'locals', 'vars', 'help', 'exit', 'quit', 'memoryview', 'buffer'],
]);

/**
 * A name that may stand in a file without meaning anything: what is "called" by it becomes a `PickleInert`.
 * @returns undefined for names that run programs or load code
 */
export function inertGlobal(module: string, name: string): PickleGlobal | undefined {
  const root = module.split('.', 1)[0]!;
  const isBuiltin = root === 'builtins' || root === '__builtin__';
  if (REFUSED_MODULES.has(root)) return undefined;
  if (isBuiltin && (!BUILTIN_NAMES.test(name) || REFUSED_BUILTINS.has(name))) return undefined;
  const make = () => new PickleInert(module, name);
  return new PickleGlobal(module, name, { call: make, create: make, isInert: true });
}

/** The class that an instance is made of: a name, or a class that is itself an inert object (cloudpickle). */
export function classOf(type: PickleValue, context: PickleContext): PickleGlobal {
  if (type instanceof PickleGlobal) return type;
  if (type instanceof PickleInert)
    return inertGlobal(type.module, type.typeName) ?? missingClass(type, context);
  return missingClass(type, context);
}

function missingClass(type: PickleValue, context: PickleContext): never {
  throw context.malformed(`${describe(type)} is not a class`);
}
