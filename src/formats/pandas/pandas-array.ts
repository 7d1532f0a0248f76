import { NumpyArray, NumpyTime } from '../numpy/numpy.ts';
import { construct, forNames } from '../pickle/pickle-globals.ts';
import { PickleList } from '../pickle/pickle-list.ts';
import {
  describe,
  type GlobalTable,
  isTuple,
  type PickleContext,
  PickleGlobal,
  PickleObject,
  type PickleValue,
} from '../pickle/pickle-values.ts';
import { labelAt, PandasIndex } from './pandas-index.ts';
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

/** `NDArrayBacked`: a numpy array with a dtype that determines how to read it; missing values are null. */
class BackedArray extends PickleList {
  readonly typeName = 'pandas array';
  private array = new NumpyArray();
  private dtype: PandasDtype | undefined;

  override build(state: PickleValue, context: PickleContext): PickleValue {
    if (!isTuple(state)) throw context.malformed(`a pandas array has ${describe(state)} as its state`);
    const array = state.find((part) => part instanceof NumpyArray);
    if (array === undefined) throw context.malformed('a pandas array has no values');
    this.array = array;
    this.dtype = state.find((part) => part instanceof PandasDtype);
    context.spendCopies(array.length);
    // Checked here, so that `values` cannot fail.
    if (array.values() === undefined)
      throw context.malformed('a pandas array has values of an unsupported kind');
    zoneOf(this.zone(), context);
    return this;
  }

  get length(): number {
    return this.array.length;
  }

  private zone(): PickleValue | undefined {
    return this.dtype?.get('tz') ?? this.dtype?.args.find((part) => part instanceof PythonZone);
  }

  values(): readonly PickleValue[] {
    const elements = this.array.values() ?? [];
    const categories = this.dtype?.get('categories');
    if (categories instanceof PandasIndex) {
      const labels = categories.values();
      return elements.map((code) => labelAt(labels, code));
    }
    const zone = this.zone();
    return elements.map((element) =>
      element instanceof NumpyTime ? timeOf(element, zone instanceof PythonZone ? zone : undefined) : element,
    );
  }

  override children(): Iterable<PickleValue> {
    return [this.array, this.dtype ?? null];
  }
}

/** A numpy date as a time; a duration as its count of units. */
function timeOf(time: NumpyTime, zone: PythonZone | undefined): PickleValue {
  const scale = nanosecondsPer(time.unit);
  if (time.count === null || scale === undefined) return null;
  return time.kind === 'M' ? new PythonTime(time.count * scale, zone?.value) : time.count;
}

/** Numbers or bools with a mask of the missing ones, which become null. */
class MaskedArray extends PickleList {
  readonly typeName = 'pandas array';
  private data = new NumpyArray();
  private mask = new NumpyArray();

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
    return this.data.length;
  }

  values(): readonly PickleValue[] {
    const missing = this.mask.values() ?? [];
    return (this.data.values() ?? []).map((value, row) => (missing[row] === true ? null : value));
  }

  override children(): Iterable<PickleValue> {
    return [this.data, this.mask];
  }
}

const BACKED = [
  'categorical Categorical',
  'datetimes DatetimeArray',
  'timedeltas TimedeltaArray',
  'string_ StringArray',
  'numpy_ PandasArray',
  'numpy_ NumpyExtensionArray',
];
const MASKED = ['integer IntegerArray', 'floating FloatingArray', 'boolean BooleanArray'];
const DTYPES = [
  ...['CategoricalDtype', 'DatetimeTZDtype', 'PandasDtype', 'NumpyEADtype'].map(
    (name) => `dtypes.dtypes ${name}`,
  ),
  'arrays.string_ StringDtype',
  'arrays.boolean BooleanDtype',
  ...[32, 64].map((bits) => `arrays.floating Float${bits}Dtype`),
  ...[8, 16, 32, 64].flatMap((bits) => [`arrays.integer Int${bits}Dtype`, `arrays.integer UInt${bits}Dtype`]),
];

const backed = construct(() => new BackedArray());

/** `__pyx_unpickle_NDArrayBacked(class, checksum, None)`: an empty array of that class, which BUILD fills. */
function unpickleBacked([type]: readonly PickleValue[], context: PickleContext): PickleValue {
  if (!(type instanceof PickleGlobal) || type.allowed !== backed) {
    throw context.malformed(`a pandas array has ${describe(type)} as its class`);
  }
  return new BackedArray();
}

export const ARRAY_GLOBALS: GlobalTable = {
  'pandas._libs.arrays __pyx_unpickle_NDArrayBacked': { call: unpickleBacked },
  ...forNames('pandas.core.arrays.', BACKED, backed),
  ...forNames(
    'pandas.core.arrays.',
    MASKED,
    construct(() => new MaskedArray()),
  ),
  ...forNames(
    'pandas.core.',
    DTYPES,
    construct((args) => new PandasDtype(args)),
  ),
};
