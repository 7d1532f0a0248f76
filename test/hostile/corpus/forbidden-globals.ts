import { bytes, op, pickle } from '../../helper/pickle-assembler.ts';
import { CANARY, type HostileFile } from './hostile-file.ts';

/** Globals that real attacks, and tools that test for them, use: module and name. */
const GLOBALS = [
  ...['os system', 'posix system', 'nt system', 'os popen', 'os execv', 'os execvp', 'os spawnv', 'os fork'],
  ...['os remove', 'os putenv', 'os environ', 'posix.system __call__', 'posixpath os', 'os.path os.system'],
  ...[
    'subprocess Popen',
    'subprocess call',
    'subprocess run',
    'subprocess check_output',
    'subprocess getoutput',
  ],
  ...['commands getoutput', 'popen2 popen3', 'pty spawn', 'asyncio.subprocess create_subprocess_shell'],
  ...['builtins eval', 'builtins exec', 'builtins compile', 'builtins open', 'builtins __import__'],
  ...['builtins setattr', 'builtins delattr', 'builtins globals', 'builtins vars', 'builtins type'],
  ...['builtins map', 'builtins filter', 'builtins breakpoint', 'builtins input', 'builtins memoryview'],
  ...['builtins super', 'builtins help', 'builtins exit', 'builtins __build_class__', 'builtins print'],
  ...[
    '__builtin__ eval',
    '__builtin__ execfile',
    '__builtin__ file',
    '__builtin__ apply',
    '__builtin__ reload',
  ],
  ...[
    '__builtin__ input',
    '__builtin__ raw_input',
    '__builtin__ buffer',
    '__main__ main',
    '__main__ __dict__',
  ],
  ...['importlib import_module', 'importlib.util module_from_spec', 'imp load_source', 'runpy run_path'],
  ...['runpy _run_code', 'pkgutil find_loader', 'zipimport zipimporter', 'site main', 'sitecustomize x'],
  ...[
    'code interact',
    'code InteractiveConsole',
    'codeop compile_command',
    'pdb run',
    'bdb Bdb',
    'trace Trace',
  ],
  ...['timeit timeit', 'cProfile run', 'profile run', 'doctest debug_script', 'unittest.mock patch'],
  ...[
    'ctypes CDLL',
    'ctypes.util find_library',
    'ctypes pythonapi',
    '_ctypes dlopen',
    'cffi FFI',
    'mmap mmap',
  ],
  ...['marshal loads', 'types FunctionType', 'types CodeType', 'types MethodType', 'types ModuleType'],
  ...['operator attrgetter', 'operator methodcaller', 'operator itemgetter', 'functools partial'],
  ...[
    'functools reduce',
    'itertools starmap',
    'copyreg __newobj__',
    'copyreg add_extension',
    'copyreg pickle',
  ],
  ...['pickle loads', '_pickle loads', 'cPickle loads', 'pickle Unpickler', 'shelve open', 'dill loads'],
  ...['dill._dill _create_function', 'cloudpickle.cloudpickle _make_function', 'cloudpickle loads'],
  ...['joblib load', 'joblib.numpy_pickle load', 'numpy load', 'numpy.testing._private.utils runstring'],
  ...[
    'numpy.distutils.exec_command exec_command',
    'numpy.f2py.crackfortran myeval',
    'numpy.core.multiarray fromfile',
  ],
  ...[
    'pandas read_pickle',
    'pandas.io.pickle read_pickle',
    'pandas eval',
    'pandas.core.frame DataFrame.eval',
  ],
  ...[
    'torch load',
    'torch.hub load',
    'torch.jit load',
    'torch.storage _load_from_bytes',
    'torch.serialization load',
  ],
  ...['torch._utils _import_dotted_name', 'torch.utils.cpp_extension load', 'torch.package PackageImporter'],
  ...['xgboost.core Booster.load_model', 'xgboost.core Booster.__setstate__', 'sklearn.utils._joblib load'],
  ...[
    'socket socket',
    'socket create_connection',
    'urllib.request urlopen',
    'urllib2 urlopen',
    'requests get',
  ],
  ...[
    'http.client HTTPConnection',
    'ftplib FTP',
    'smtplib SMTP',
    'telnetlib Telnet',
    'xmlrpc.client ServerProxy',
  ],
  ...[
    'webbrowser open',
    'antigravity x',
    'shutil rmtree',
    'shutil copyfile',
    'tempfile mkstemp',
    'pathlib Path',
  ],
  ...[
    'zipfile ZipFile',
    'tarfile open',
    'sqlite3 connect',
    'gzip open',
    'io open',
    '_io FileIO',
    'codecs open',
  ],
  ...[
    'multiprocessing Process',
    'multiprocessing.util log_to_stderr',
    'threading Thread',
    '_thread start_new_thread',
  ],
  ...[
    'sys exit',
    'sys modules',
    'sys setprofile',
    'sys settrace',
    'atexit register',
    'signal signal',
    'gc get_objects',
  ],
  ...[
    'logging.config fileConfig',
    'ast literal_eval',
    'inspect getattr_static',
    'weakref ref',
    'venv create',
  ],
  ...['pip main', 'pip._internal main', 'setuptools setup', 'distutils.spawn spawn', 'ensurepip bootstrap'],
  ...[
    'collections namedtuple',
    'collections OrderedDict.__init__',
    'collections abc.sys.modules',
    'argparse FileType',
  ],
  ...[
    '_codecs decode',
    'codecs encode',
    '_codecs lookup',
    'datetime sys',
    'decimal getcontext',
    'random _urandom',
  ],
];

/** Ways to push a global onto the stack and use it. */
const DISGUISES: readonly (readonly [string, (module: string, name: string) => Buffer])[] = [
  ['called', (m, n) => pickle(op.global(m, n), command, op.tuple1, op.reduce)],
  ['called from protocol 4', (m, n) => framed(op.stackGlobal(m, n), command, op.tuple1, op.reduce)],
  ['named, not called', (m, n) => pickle(op.global(m, n))],
  ['discarded at once', (m, n) => pickle(op.global(m, n), op.pop, op.none)],
  ['instantiated', (m, n) => pickle(op.global(m, n), op.tuple(command), op.newObject)],
  [
    'instantiated with keywords',
    (m, n) => pickle(op.global(m, n), op.emptyTuple, op.dict(op.text('cmd'), command), op.newObjectEx),
  ],
  ['in INST', (m, n) => pickle('(', command, `i${m}\n${n}\n`)],
  ['in OBJ', (m, n) => pickle('(', op.global(m, n), command, 'o')],
  ['as a value of a dict', (m, n) => pickle(op.dict(op.text('mean_'), op.global(m, n)))],
  ['as a key of a dict', (m, n) => pickle(op.dict(op.global(m, n), op.none))],
  ['in a list', (m, n) => pickle(op.list(op.none, op.stackGlobal(m, n)))],
  ['in a set', (m, n) => pickle(op.emptySet, '(', op.stackGlobal(m, n), op.addItems)],
  ['in a frozenset', (m, n) => pickle('(', op.stackGlobal(m, n), op.frozenSet)],
  ['in a tuple in a tuple', (m, n) => pickle(op.tuple(op.tuple(op.tuple(op.global(m, n)))))],
  ['as an argument', (m, n) => pickle(op.global('builtins', 'set'), op.global(m, n), op.tuple1, op.reduce)],
  ['as a state', (m, n) => pickle(op.emptyDict, op.dict(op.text('__setstate__'), op.global(m, n)), op.build)],
  ['as a persistent id', (m, n) => pickle(op.tuple(op.text('storage'), op.global(m, n)), op.persistentId)],
  [
    'spelled from the memo',
    (m, n) =>
      pickle(op.text(m), op.put(7), op.pop, op.text(n), op.put(300), op.pop, op.get(7), op.get(300), 0x93),
  ],
  ['spelled in short strings', (m, n) => framed(op.shortText(m), op.shortText(n), 0x93)],
  ['spelled in escapes', (m, n) => pickle(`V${escaped(m)}\n`, `V${escaped(n)}\n`, 0x93)],
  ['spelled in hexadecimal', (m, n) => pickle(`S'${hex(m)}'\n`, `S"${hex(n)}"\n`, 0x93)],
  ['spelled in old strings', (m, n) => pickle(oldText(m), oldText(n), 0x93)],
  ['duplicated', (m, n) => pickle(op.text(m), op.dup, op.pop, op.text(n), 0x93, op.dup)],
  ['after a mark that is popped', (m, n) => pickle('(', op.global(m, n), op.popMark, op.none)],
  ['in a pickle without STOP', (m, n) => bytes(op.proto(2), op.none, op.pop, op.global(m, n))],
  [
    'in a frame of its own',
    (m, n) => bytes(op.proto(5), op.frame(1), op.none, op.pop, op.stackGlobal(m, n), '.'),
  ],
  ['in protocol 0', (m, n) => bytes(`(c${m}\n${n}\n`, 't.')],
];

const command = op.text(`touch ${CANARY}`);
const framed = (...parts: (Buffer | number)[]) =>
  bytes(op.proto(4), op.frame(bytes(...parts).length + 1), bytes(...parts), '.');
const units = (text: string) => [...text].map((letter) => letter.charCodeAt(0));
const escaped = (text: string) =>
  units(text)
    .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
    .join('');
const hex = (text: string) =>
  units(text)
    .map((unit) => `\\x${unit.toString(16).padStart(2, '0')}`)
    .join('');
const oldText = (text: string) => bytes('U', text.length, text);

/** Every global in one disguise, and one global in all of them. */
export function forbiddenGlobals(): HostileFile[] {
  const disguised = GLOBALS.map((global, index): HostileFile => {
    const [disguise, make] = DISGUISES[index % DISGUISES.length]!;
    return hostile(global, disguise, make);
  });
  return [...disguised, ...DISGUISES.map(([disguise, make]) => hostile('posix kill', disguise, make))];
}

function hostile(
  global: string,
  disguise: string,
  make: (module: string, name: string) => Buffer,
): HostileFile {
  const [module, name] = global.split(' ') as [string, string];
  return { name: `${global} ${disguise}`, bytes: make(module, name), codes: ['PICKLE_FORBIDDEN_GLOBAL'] };
}
