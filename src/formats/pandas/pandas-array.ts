import { elementsOf, NumpyArray, NumpyTime } from '../numpy/numpy.ts';
import {
  type AllowedGlobal,
  describe,
  isTuple,
  type PickleContext,
  PickleGlobal,
  PickleObject,
  type PickleValue,
} from '../pickle/pickle-values.ts';
import { nanosecondsPer, PythonTime, PythonZone, zoneOf } from './python-time.ts';

/** A dtype of pandas: its arguments and the state of BUILD. */
class PandasDtype extends PickleObject {
  readonly typeName = 'pandas dtype';
  readonly args: readonly PickleValue[];
  state: PickleValue = null;

  constructor(args: readonly PickleValue[]) {
    super();
    this.args = args;
  }

  override build(state: PickleValue): PickleValue {
    this.state = state;
    return this;
  }

  get(name: string): PickleValue | undefined {
    return this.state instanceof Map ? this.state.get(name) : undefined;
  }

  override children(): Iterable<PickleValue> {
    return [this.args, this.state];
  }
}

/** An extension array of pandas: categories, dates with a zone, strings, numbers with a mask. */
export abstract class PandasArray extends PickleObject {
  readonly typeName = 'pandas array';
  /** In the order of the rows; missing values are null. */
  abstract values(): readonly PickleValue[];
  abstract get length(): number;
}

/** `NDArrayBacked`: a numpy array with a dtype that determines how to read it. */
class BackedArray extends PandasArray {
  private array: NumpyArray | undefined;
  private dtype: PickleValue = null;

  override build(state: PickleValue, context: PickleContext): PickleValue {
    if (!isTuple(state)) throw context.malformed(`a pandas array has ${describe(state)} as its state`);
    this.array = state.find((part) => part instanceof NumpyArray) as NumpyArray | undefined;
    this.dtype = state.find((part) => part instanceof PandasDtype) ?? null;
    if (this.array === undefined) throw context.malformed('a pandas array has no values');
    context.spend(this.array.length);
    // Checked here, so that `values` cannot fail.
    if (elementsOf(this.array) === undefined)
      throw context.malformed('a pandas array has values of an unsupported kind');
    if (this.dtype instanceof PandasDtype) zoneOf(this.zone(), context);
    return this;
  }

  get length(): number {
    return this.array?.length ?? 0;
  }

  private zone(): PickleValue | undefined {
    const { dtype } = this;
    if (!(dtype instanceof PandasDtype)) return undefined;
    return dtype.get('tz') ?? [...dtype.args].find((part) => part instanceof PythonZone);
  }

  values(): readonly PickleValue[] {
    const elements = (this.array && elementsOf(this.array)) ?? [];
    const categories = this.dtype instanceof PandasDtype ? this.dtype.get('categories') : undefined;
    const labels =
      categories instanceof PickleObject && 'labels' in categories ? labelsOf(categories) : undefined;
    if (labels !== undefined)
      return elements.map((code) => (typeof code === 'number' ? (labels[code] ?? null) : null));
    const zone = this.zone();
    return elements.map((element) =>
      element instanceof NumpyTime ? timeOf(element, zone instanceof PythonZone ? zone : undefined) : element,
    );
  }

  override children(): Iterable<PickleValue> {
    return [this.array ?? null, this.dtype];
  }
}

function labelsOf(index: object): readonly PickleValue[] {
  return (index as { labels(): readonly PickleValue[] }).labels();
}

/** A numpy date as a time; a duration as its count of units. */
function timeOf(time: NumpyTime, zone: PythonZone | undefined): PickleValue {
  const scale = nanosecondsPer(time.unit);
  if (time.count === null || scale === undefined) return null;
  return time.kind === 'M' ? new PythonTime(time.count * scale, zone?.zone) : time.count;
}

/** Numbers or bools with a mask of the missing ones. */
class MaskedArray extends PandasArray {
  private data: NumpyArray | undefined;
  private mask: NumpyArray | undefined;

  override build(state: PickleValue, context: PickleContext): PickleValue {
    const [data, mask] = state instanceof Map ? [state.get('_data'), state.get('_mask')] : [];
    if (!(data instanceof NumpyArray) || !(mask instanceof NumpyArray) || data.length !== mask.length) {
      throw context.malformed('a masked array of pandas has another length than its mask');
    }
    this.data = data;
    this.mask = mask;
    return this;
  }

  get length(): number {
    return this.data?.length ?? 0;
  }

  values(): readonly PickleValue[] {
    const missing = (this.mask && elementsOf(this.mask)) ?? [];
    return ((this.data && elementsOf(this.data)) ?? []).map((value, row) =>
      missing[row] === true ? null : value,
    );
  }

  override children(): Iterable<PickleValue> {
    return [this.data ?? null, this.mask ?? null];
  }
}

const BACKED: Readonly<Record<string, readonly string[]>> = {
  categorical: ['Categorical'],
  datetimes: ['DatetimeArray'],
  timedeltas: ['TimedeltaArray'],
  string_: ['StringArray'],
  numpy_: ['PandasArray', 'NumpyExtensionArray'],
};
const MASKED: Readonly<Record<string, readonly string[]>> = {
  integer: ['IntegerArray'],
  floating: ['FloatingArray'],
  boolean: ['BooleanArray'],
};
const DTYPES = [
  'dtypes.dtypes CategoricalDtype',
  'dtypes.dtypes DatetimeTZDtype',
  'dtypes.dtypes PandasDtype',
  'dtypes.dtypes NumpyEADtype',
  'arrays.string_ StringDtype',
  'arrays.boolean BooleanDtype',
  'arrays.floating Float32Dtype',
  'arrays.floating Float64Dtype',
  ...[8, 16, 32, 64].flatMap((bits) => [`arrays.integer Int${bits}Dtype`, `arrays.integer UInt${bits}Dtype`]),
];

const backed: AllowedGlobal = { call: () => new BackedArray(), create: () => new BackedArray() };
const masked: AllowedGlobal = { call: () => new MaskedArray(), create: () => new MaskedArray() };
const dtype: AllowedGlobal = {
  call: (args) => new PandasDtype(args),
  create: (args) => new PandasDtype(args),
};

function classes(table: Readonly<Record<string, readonly string[]>>, allowed: AllowedGlobal) {
  return Object.entries(table).flatMap(([module, names]) =>
    names.map((name): [string, AllowedGlobal] => [`pandas.core.arrays.${module} ${name}`, allowed]),
  );
}

/** `__pyx_unpickle_NDArrayBacked(class, checksum, None)`: an empty array of that class, which BUILD fills. */
function unpickleBacked([type]: readonly PickleValue[], context: PickleContext): PickleValue {
  if (!(type instanceof PickleGlobal) || type.allowed !== backed) {
    throw context.malformed(`a pandas array has ${describe(type)} as its class`);
  }
  return new BackedArray();
}

export const ARRAY_GLOBALS: Readonly<Record<string, AllowedGlobal>> = {
  'pandas._libs.arrays __pyx_unpickle_NDArrayBacked': { call: unpickleBacked },
  ...Object.fromEntries([...classes(BACKED, backed), ...classes(MASKED, masked)]),
  ...Object.fromEntries(DTYPES.map((name) => [`pandas.core.${name}`, dtype])),
};
