import type { ErrorCode } from '../../../src/errors.ts';
import { bytes, op, pickle } from '../../helper/pickle-assembler.ts';
import type { HostileFile } from './hostile-file.ts';

/** Pickles that use only allowed globals, with invalid contents: numpy, joblib, pandas, datetime. */

const MALFORMED: readonly ErrorCode[] = ['PICKLE_MALFORMED'];
const repeated = (count: number, part: Buffer | string) => Buffer.concat(Array(count).fill(bytes(part)));
const call = (name: string, ...args: Buffer[]) => {
  const at = name.lastIndexOf('.');
  return bytes(op.global(name.slice(0, at), name.slice(at + 1)), '(', args, 't', op.reduce);
};

function dtype(name: string, itemSize = -1): Buffer {
  const state = op.tuple(
    op.int(3),
    op.text('<'),
    op.none,
    op.none,
    op.none,
    op.int(itemSize),
    op.int(-1),
    op.int(0),
  );
  return bytes(call('numpy.dtype', op.text(name), op.false, op.true), state, op.build);
}

function array(shape: Buffer, type: Buffer, content: Buffer): Buffer {
  return bytes(
    call(
      'numpy.core.multiarray._reconstruct',
      op.global('numpy', 'ndarray'),
      op.tuple(op.int(0)),
      op.binary(Buffer.from('b')),
    ),
    op.tuple(op.int(1), shape, type, op.false, content),
    op.build,
  );
}
const vector = (length: number, type: string, content: Buffer) =>
  array(op.tuple(op.int(length)), dtype(type), content);
const objects = (...items: Buffer[]) => array(op.tuple(op.int(items.length)), dtype('O8'), op.list(...items));
const text = (length: number, last = 'x') => op.binary(Buffer.from('\0'.repeat(length - 1) + last));

/** A tuple that doubles with every level, at memo index 99, and a list nested 50,000 deep. */
const bomb = bytes(
  op.emptyList,
  op.put(99),
  op.pop,
  repeated(60, bytes(op.get(99), op.get(99), op.tuple2, op.put(99), op.pop)),
  op.get(99),
);
const deep = bytes(repeated(50_000, ']'), repeated(49_999, 'a'));

const NUMPY: readonly (readonly [string, Buffer])[] = [
  ['a dtype without a name', call('numpy.dtype')],
  ['a dtype named by a number', call('numpy.dtype', op.int(8))],
  ['a dtype named by a list', call('numpy.dtype', op.emptyList)],
  ['an unknown dtype', call('numpy.dtype', op.text('f3'))],
  ['a dtype of 999999 bytes by name', call('numpy.dtype', op.text('S999999'))],
  [
    'a dtype of records',
    bytes(
      call('numpy.dtype', op.text('V8')),
      op.tuple(op.int(3), op.text('|'), op.none, op.tuple(op.text('a')), op.emptyDict, op.int(8), op.int(1)),
      op.build,
    ),
  ],
  ['a dtype whose state is a dict', bytes(call('numpy.dtype', op.text('f8')), op.emptyDict, op.build)],
  [
    'a dtype of unknown byte order',
    bytes(
      call('numpy.dtype', op.text('f8')),
      op.tuple(op.int(3), op.text('?'), op.none, op.none, op.none, op.int(-1), op.int(-1)),
      op.build,
    ),
  ],
  ['an array longer than its bytes', vector(28, 'f8', op.binary(Buffer.alloc(8)))],
  ['an array of 2^30', vector(2 ** 30, 'f8', op.binary(Buffer.alloc(8)))],
  [
    'an array of 2^120',
    array(op.tuple(...Array(4).fill(op.int(2 ** 30))), dtype('f8'), op.binary(Buffer.alloc(0))),
  ],
  ['an array of -1', vector(-1, 'f8', op.binary(Buffer.alloc(0)))],
  [
    'an array of 33 dimensions',
    array(op.tuple(...Array(33).fill(op.int(1))), dtype('f8'), op.binary(Buffer.alloc(8))),
  ],
  ['an array whose shape is a list', array(op.list(op.int(1)), dtype('f8'), op.binary(Buffer.alloc(8)))],
  ['an array whose dtype is text', array(op.tuple(op.int(1)), op.text('f8'), op.binary(Buffer.alloc(8)))],
  ['an array of objects in bytes', vector(1, 'O8', op.binary(Buffer.alloc(8)))],
  ['an array of numbers in a list', vector(1, 'f8', op.list(op.float(1)))],
  [
    'an array of another class',
    call('numpy.core.multiarray._reconstruct', op.global('builtins', 'object'), op.emptyTuple, op.none),
  ],
  ['a scalar of an object', call('numpy.core.multiarray.scalar', dtype('O8'), op.none)],
  ['a scalar of 4 of 8 bytes', call('numpy.core.multiarray.scalar', dtype('f8'), op.binary(Buffer.alloc(4)))],
  [
    'a scalar of a dtype that is text',
    call('numpy.core.multiarray.scalar', op.text('f8'), op.binary(Buffer.alloc(8))),
  ],
  ['a complex scalar', call('numpy.core.multiarray.scalar', dtype('c16'), op.binary(Buffer.alloc(16)))],
  [
    'a buffer longer than its bytes',
    call(
      'numpy._core.numeric._frombuffer',
      op.binary(Buffer.alloc(8)),
      dtype('f8'),
      op.tuple(op.int(9)),
      op.text('C'),
    ),
  ],
  [
    'a buffer of objects',
    call(
      'numpy.core.numeric._frombuffer',
      op.binary(Buffer.alloc(8)),
      dtype('O8'),
      op.tuple(op.int(1)),
      op.text('C'),
    ),
  ],
];

const joblib = (shape: Buffer, type: Buffer, rest: Buffer, subclass = op.global('numpy', 'ndarray')) =>
  bytes(
    op.global('joblib.numpy_pickle', 'NumpyArrayWrapper'),
    op.emptyTuple,
    op.newObject,
    op.dict(
      op.text('subclass'),
      subclass,
      op.text('shape'),
      shape,
      op.text('order'),
      op.text('C'),
      op.text('dtype'),
      type,
    ),
    op.build,
    rest,
  );

const JOBLIB: readonly (readonly [string, Buffer, readonly ErrorCode[]])[] = [
  [
    'an array longer than the bytes after it',
    joblib(op.tuple(op.int(28)), dtype('f8'), Buffer.alloc(8)),
    MALFORMED,
  ],
  ['an array of 2^30 numbers', joblib(op.tuple(op.int(2 ** 30)), dtype('f8'), Buffer.alloc(8)), MALFORMED],
  [
    'an array of another class',
    joblib(op.tuple(op.int(1)), dtype('f8'), Buffer.alloc(8), op.global('builtins', 'object')),
    MALFORMED,
  ],
  [
    'objects that are a global',
    joblib(op.tuple(op.int(1)), dtype('O8'), pickle(op.global('nt', 'system'))),
    ['PICKLE_FORBIDDEN_GLOBAL'],
  ],
  ['objects that are a number', joblib(op.tuple(op.int(1)), dtype('O8'), pickle(op.int(1))), MALFORMED],
  [
    'pickles in pickles',
    repeated(40, bytes(joblib(op.tuple(op.int(1)), dtype('O8'), op.proto(2)))),
    ['PICKLE_LIMIT', 'PICKLE_MALFORMED'],
  ],
];

/** `scaler.pkl`. */
export function hostileScalerPickles(): HostileFile[] {
  return [
    ...NUMPY.map(([name, part]) => ({ name: `numpy: ${name}`, bytes: pickle(part), codes: MALFORMED })),
    ...JOBLIB.map(([name, part, codes]) => ({ name: `joblib: ${name}`, bytes: pickle(part), codes })),
    {
      name: 'numpy: text of 3 MB of NULs',
      bytes: pickle(call('numpy.core.multiarray.scalar', dtype('S8', 3_000_000), text(3_000_000))),
      codes: ['NOT_SCALER'],
    },
    {
      name: 'numpy: wide text of 700,000 NULs',
      bytes: pickle(
        call(
          'numpy.core.multiarray.scalar',
          dtype('U2', 2_800_000),
          op.binary(Buffer.from(`${'\0\0\0\0'.repeat(699_999)}x\0\0\0`)),
        ),
      ),
      codes: ['NOT_SCALER'],
    },
  ];
}

const timestamp = (...args: Buffer[]) => call('pandas._libs.tslibs.timestamps._unpickle_timestamp', ...args);
const newIndex = (type: string, ...items: Buffer[]) =>
  call(
    'pandas.core.indexes.base._new_Index',
    op.global(`pandas.core.indexes.${type.split(' ')[0]}`, type.split(' ')[1] as string),
    op.dict(...items),
  );
const range = (start: number, stop: number, step: number) =>
  newIndex(
    'range RangeIndex',
    op.text('start'),
    op.int(start),
    op.text('stop'),
    op.int(stop),
    op.text('step'),
    op.int(step),
  );
const levels = (labels: Buffer, codes: Buffer) =>
  newIndex(
    'multi MultiIndex',
    op.text('levels'),
    op.list(labels),
    op.text('codes'),
    op.list(codes),
    op.text('names'),
    op.list(op.none),
  );
const frame = (columns: Buffer, rows: Buffer, values: Buffer, places: Buffer) =>
  bytes(
    op.global('pandas.core.frame', 'DataFrame'),
    op.emptyTuple,
    op.newObject,
    op.dict(
      op.text('_mgr'),
      call(
        'pandas.core.internals.managers.BlockManager',
        op.tuple(call('pandas._libs.internals._unpickle_block', values, places, op.int(2))),
        op.list(columns, rows),
      ),
    ),
    op.build,
  );
const places = (stop: number) => call('builtins.slice', op.int(0), op.int(stop), op.int(1));

const PANDAS: readonly (readonly [string, Buffer])[] = [
  ['a time whose unit doubles 60 times', timestamp(op.int(0), op.none, op.none, bomb)],
  ['a time whose unit is nested 50,000 deep', timestamp(op.int(0), op.none, op.none, deep)],
  [
    'a time whose unit contains itself',
    timestamp(op.int(0), op.none, op.none, bytes(op.emptyList, op.put(1), op.get(1), op.append)),
  ],
  [
    'a time whose unit is a property of every object',
    timestamp(op.int(0), op.none, op.none, op.text('constructor')),
  ],
  ['a time of text', timestamp(op.text('now'), op.none, op.none)],
  ['a time in a zone of text', timestamp(op.int(0), op.none, op.text('UTC'))],
  ['a zone that is a path', call('zoneinfo.ZoneInfo', op.text('../../etc/passwd'))],
  ['a zone of 2 days', call('datetime.timezone', op.int(172_800))],
  ['a date of month 13', call('datetime.date', op.binary(Buffer.from([7, 0xe9, 13, 1])))],
  ['a date of the year 0', call('datetime.datetime', op.binary(Buffer.alloc(10)))],
  ['a date of 3 bytes', call('datetime.datetime', op.binary(Buffer.alloc(3)))],
  [
    'getattr of a global',
    call('builtins.getattr', op.global('builtins', 'object'), op.text('__subclasses__')),
  ],
  ['getattr of a dict', call('builtins.getattr', op.emptyDict, op.text('_unpickle'))],
  ['getattr of a bomb', call('builtins.getattr', op.global('zoneinfo', 'ZoneInfo'), bomb)],
  ['a range of 2^31 rows', range(0, 2 ** 31 - 1, 1)],
  ['a range of step 0', range(0, 10, 0)],
  ['an index of a number', newIndex('base Index', op.text('data'), op.int(5))],
  [
    'more levels than codes',
    newIndex('multi MultiIndex', op.text('levels'), op.list(op.emptyList), op.text('codes'), op.emptyList),
  ],
  [
    'a frame of a number',
    bytes(op.global('pandas.core.frame', 'DataFrame'), op.emptyTuple, op.newObject, op.int(1), op.build),
  ],
  [
    'a frame of more rows than values',
    frame(
      newIndex('base Index', op.text('data'), objects(op.text('a'))),
      range(0, 100, 1),
      array(op.tuple(op.int(1), op.int(2)), dtype('f8'), op.binary(Buffer.alloc(16))),
      places(1),
    ),
  ],
  [
    'a frame of a million columns',
    frame(
      range(0, 1_000_000, 1),
      range(0, 0, 1),
      array(op.tuple(op.int(0), op.int(0)), dtype('f8'), op.binary(Buffer.alloc(0))),
      places(0),
    ),
  ],
  [
    'a frame whose columns have no position',
    frame(
      newIndex('base Index', op.text('data'), objects(op.text('a'))),
      range(0, 1, 1),
      array(op.tuple(op.int(1), op.int(1)), dtype('f8'), op.binary(Buffer.alloc(8))),
      op.text('0'),
    ),
  ],
  [
    'a series of two blocks',
    bytes(op.global('pandas.core.series', 'Series'), op.emptyTuple, op.newObject, op.emptyDict, op.build),
  ],
  [
    'an array without values',
    bytes(
      op.global('pandas.core.arrays.categorical', 'Categorical'),
      op.emptyTuple,
      op.newObject,
      op.emptyTuple,
      op.build,
    ),
  ],
  [
    'a masked array with a shorter mask',
    bytes(
      op.global('pandas.core.arrays.integer', 'IntegerArray'),
      op.emptyTuple,
      op.newObject,
      op.dict(
        op.text('_data'),
        vector(2, 'i8', op.binary(Buffer.alloc(16))),
        op.text('_mask'),
        vector(1, 'b1', op.binary(Buffer.alloc(1))),
      ),
      op.build,
    ),
  ],
];

const INVALID: readonly ErrorCode[] = ['FACTOR_FILE_INVALID'];
const LIMIT: readonly ErrorCode[] = ['PICKLE_LIMIT'];
const long = op.text('x'.repeat(200_000));
const many = (count: number) =>
  bytes(long, op.put(5), op.pop, op.emptyList, '(', repeated(count, bytes('h', 5)), 'e');
const INFOS: readonly (readonly [string, Buffer, readonly ErrorCode[]])[] = [
  [
    'an index of 400,000 numbers again and again',
    bytes(
      array(op.tuple(op.int(400_000)), dtype('i8'), op.binary(Buffer.alloc(3_200_000, 0x41))),
      op.put(1),
      op.pop,
      op.list(...Array.from({ length: 40 }, () => newIndex('base Index', op.text('data'), bytes('h', 1)))),
    ),
    ['PICKLE_LIMIT'],
  ],
  ['a list', op.emptyList, INVALID],
  ['None', op.none, INVALID],
  ['a label that doubles 60 times', levels(op.list(op.text('a')), op.list(bomb)), [...LIMIT, ...MALFORMED]],
  [
    'a column that doubles 60 times',
    frame(
      newIndex('base Index', op.text('data'), objects(bomb)),
      range(0, 1, 1),
      array(op.tuple(op.int(1), op.int(1)), dtype('f8'), op.binary(Buffer.alloc(8))),
      places(1),
    ),
    [...LIMIT, ...INVALID],
  ],
  [
    'a column nested 80 deep',
    frame(
      newIndex('base Index', op.text('data'), objects(bytes(repeated(80, ']'), repeated(79, 'a')))),
      range(0, 1, 1),
      array(op.tuple(op.int(1), op.int(1)), dtype('f8'), op.binary(Buffer.alloc(8))),
      places(1),
    ),
    INVALID,
  ],
  ['factors that are a number', op.dict(op.text('selected_factors'), op.int(1)), INVALID],
  ['factors that are numbers', op.dict(op.text('selected_factors'), op.list(op.int(1))), INVALID],
  [
    'one long factor 90,000 times',
    op.dict(op.text('selected_factors'), many(90_000)),
    [...INVALID, ...LIMIT],
  ],
  [
    '150,000 factors',
    op.dict(
      op.text('selected_factors'),
      bytes(op.text('f'), op.put(5), op.pop, op.emptyList, '(', repeated(150_000, bytes('h', 5)), 'e'),
    ),
    INVALID,
  ],
  ['a setting 90,000 times', op.dict(op.text('config'), many(90_000)), [...INVALID, ...LIMIT]],
  ['a setting 500 times', op.dict(op.text('config'), many(500)), INVALID],
  [
    'an array of text in every setting',
    op.dict(
      op.text('config'),
      bytes(
        array(op.tuple(op.int(1)), dtype('U2', 2_800_000), op.binary(Buffer.alloc(2_800_000, 'x\0\0\0'))),
        op.put(6),
        op.pop,
        op.emptyList,
        '(',
        repeated(50_000, bytes('h', 6)),
        'e',
      ),
    ),
    INVALID,
  ],
  ['a window of three', op.dict(op.text('train_window'), op.list(op.int(1), op.int(2), op.int(3))), INVALID],
  ['a window of text', op.dict(op.text('train_window'), op.text('ab')), INVALID],
  ['an IC table that is a list', op.dict(op.text('ic_df'), op.emptyList), INVALID],
  [
    'an IC table without factors',
    op.dict(
      op.text('ic_df'),
      frame(
        newIndex('base Index', op.text('data'), objects(op.text('a'))),
        range(0, 1, 1),
        array(op.tuple(op.int(1), op.int(1)), dtype('f8'), op.binary(Buffer.alloc(8))),
        places(1),
      ),
    ),
    INVALID,
  ],
  [
    'an IC table of 300,000 rows',
    op.dict(
      op.text('ic_df'),
      frame(
        newIndex('base Index', op.text('data'), objects(op.text('factor_name'), op.text('Kendall_tau'))),
        range(0, 300_000, 1),
        array(op.tuple(op.int(2), op.int(300_000)), dtype('f2'), op.binary(Buffer.alloc(1_200_000))),
        places(2),
      ),
    ),
    INVALID,
  ],
  [
    '250,000 settings',
    op.dict(
      op.text('config'),
      array(op.tuple(op.int(250_000)), dtype('i1'), op.binary(Buffer.alloc(250_000))),
    ),
    INVALID,
  ],
];

/** `_info.pkl`. */
export function hostileInfoPickles(): HostileFile[] {
  return [
    ...[...NUMPY, ...PANDAS].map(([name, part]) => ({
      name: `pandas: ${name}`,
      bytes: pickle(part),
      codes: MALFORMED,
    })),
    ...INFOS.map(([name, part, codes]) => ({ name: `info: ${name}`, bytes: pickle(part), codes })),
  ];
}

const ALLOWED_GLOBALS = [
  ...[
    '_codecs.encode',
    'copyreg._reconstructor',
    'builtins.bytes',
    'builtins.bytearray',
    'builtins.set',
    'builtins.frozenset',
  ],
  ...[
    'builtins.dict',
    'builtins.list',
    'builtins.tuple',
    'builtins.complex',
    'builtins.slice',
    'builtins.range',
    'builtins.int',
  ],
  ...[
    'collections.OrderedDict',
    'collections.Counter',
    'collections.defaultdict',
    'argparse.Namespace',
    'decimal.Decimal',
  ],
  ...[
    'datetime.datetime',
    'datetime.date',
    'datetime.timedelta',
    'datetime.timezone',
    'pathlib.PosixPath',
    'pytz._UTC',
    'pytz._p',
  ],
  ...[
    'pytz._FixedOffset',
    'dateutil.tz.tz.tzutc',
    'zoneinfo.ZoneInfo',
    'builtins.getattr',
    'numpy.dtype',
    'numpy.ndarray',
  ],
  ...['numpy.core.multiarray._reconstruct', 'numpy.core.multiarray.scalar', 'numpy.core.numeric._frombuffer'],
  ...[
    'joblib.numpy_pickle.NumpyArrayWrapper',
    'sklearn.preprocessing._data.StandardScaler',
    'xgboost.core.Booster',
  ],
  ...[
    'torch.Size',
    'torch.device',
    'torch.FloatStorage',
    'torch._utils._rebuild_tensor_v2',
    'torch._utils._rebuild_parameter',
  ],
  ...['torch._tensor._rebuild_from_type_v2', 'pandas._libs.tslibs.timestamps._unpickle_timestamp'],
  ...[
    'pandas._libs.tslibs.timedeltas._timedelta_unpickle',
    'pandas._libs.arrays.__pyx_unpickle_NDArrayBacked',
  ],
  ...[
    'pandas._libs.internals._unpickle_block',
    'pandas.core.indexes.base._new_Index',
    'pandas.core.indexes.frozen.FrozenList',
  ],
  ...[
    'pandas.core.internals.managers.BlockManager',
    'pandas.core.frame.DataFrame',
    'pandas.core.series.Series',
  ],
  ...[
    'pandas.core.arrays.categorical.Categorical',
    'pandas.core.arrays.integer.IntegerArray',
    'pandas.core.dtypes.dtypes.CategoricalDtype',
  ],
];
const UNUSUAL_ARGUMENTS: readonly (readonly [string, Buffer])[] = [
  ['nothing', Buffer.alloc(0)],
  ['None', op.none],
  [
    'numbers',
    bytes(op.int(-1), op.float(Number.NaN), op.int(2 ** 31 - 1), op.long1(Buffer.alloc(200, 0x7f))),
  ],
  ['text', bytes(op.text('__proto__'), op.text('latin1'), op.text('constructor'), op.text('C'))],
  ['bytes', bytes(op.binary(Buffer.alloc(10, 0xff)), op.binary(Buffer.alloc(0)))],
  ['a list, a dict and a set', bytes(op.emptyList, op.emptyDict, op.emptySet, op.emptyTuple)],
  ['globals', bytes(op.global('builtins', 'set'), op.global('builtins', 'object'), op.none)],
  ['a value that doubles 60 times', bytes(bomb, op.get(99), op.get(99), op.get(99))],
  [
    'dicts of values that double',
    bytes(
      bomb,
      op.pop,
      op.dict(op.text('data'), op.get(99), op.text('start'), op.get(99), op.text('_mgr'), op.get(99)),
      op.dict(op.text('levels'), op.get(99)),
    ),
  ],
  ['a value nested 50,000 deep', bytes(deep, op.put(98), op.get(98), op.get(98), op.get(98))],
  [
    'a list that contains itself',
    bytes(op.emptyList, op.put(97), op.get(97), op.append, op.get(97), op.get(97)),
  ],
];

/** Every allowed global with arguments it does not expect, which a reader may accept or refuse. */
export function unusualCalls(): { readonly name: string; readonly bytes: Buffer }[] {
  return ALLOWED_GLOBALS.flatMap((name) => {
    const at = name.lastIndexOf('.');
    const named = op.global(name.slice(0, at), name.slice(at + 1));
    return UNUSUAL_ARGUMENTS.flatMap(([what, args]) => [
      { name: `${name} called with ${what}`, bytes: pickle(named, '(', args, 't', op.reduce) },
      { name: `${name} instantiated with ${what}`, bytes: pickle(named, '(', args, 't', op.newObject) },
      {
        name: `${name} with a state of ${what}`,
        bytes: pickle(named, op.emptyTuple, op.newObject, '(', args, 't', op.build),
      },
    ]);
  });
}
