import { forNames } from '../pickle/pickle-globals.ts';
import { countOf, PickleList, valuesOf } from '../pickle/pickle-list.ts';
import {
  describe,
  type GlobalTable,
  isList,
  type PickleContext,
  type PickleDict,
  PickleGlobal,
  type PickleValue,
} from '../pickle/pickle-values.ts';

/** A range takes no bytes in the file, but its labels take memory. */
const MAX_RANGE = 1_000_000;

/** Facts about an index; `values` creates its labels. */
interface IndexFacts {
  readonly name: PickleValue;
  readonly length: number;
  readonly values: () => readonly PickleValue[];
  /** What the labels were read from. */
  readonly source?: PickleValue;
  readonly levels?: readonly PandasIndex[];
}

/** Labels of rows or columns; a MultiIndex also has its levels. */
export class PandasIndex extends PickleList {
  readonly typeName = 'pandas index';
  readonly name: PickleValue;
  readonly length: number;
  readonly values: () => readonly PickleValue[];
  readonly levels: readonly PandasIndex[];
  private readonly source: PickleValue;

  constructor({ name, length, values, source = null, levels = [] }: IndexFacts) {
    super();
    this.name = name;
    this.length = length;
    this.values = values;
    this.source = source;
    this.levels = levels;
  }

  override children(): Iterable<PickleValue> {
    return [this.name, this.source];
  }
}

/** The label at a position; null for -1, which marks a missing value, and for anything that is not a position. */
export function labelAt(labels: readonly PickleValue[], position: PickleValue): PickleValue {
  return typeof position === 'number' ? (labels[position] ?? null) : null;
}

/** `_new_Index(class, {data, name})`, `{start, stop, step}` for a range, `{levels, codes, names}` for several levels. */
function newIndex(args: readonly PickleValue[], context: PickleContext): PandasIndex {
  const [type, fields] = args;
  if (!(type instanceof PickleGlobal) || !(fields instanceof Map)) {
    throw context.malformed(`an index cannot be made from ${describe(type)} and ${describe(fields)}`);
  }
  const name = fields.get('name') ?? null;
  if (type.name === 'RangeIndex') return rangeIndex(fields, name, context);
  if (type.name === 'MultiIndex') return multiIndex(fields, context);
  const source = fields.get('data') ?? null;
  context.spendCopies(countOf(source));
  const labels = valuesOf(source);
  if (labels === undefined) throw context.malformed(`an index has ${describe(source)} as its labels`);
  return new PandasIndex({ name, length: labels.length, source, values: () => labels });
}

/** Labels are created only on request, when the number of rows was checked. */
function rangeIndex(fields: PickleDict, name: PickleValue, context: PickleContext): PandasIndex {
  const [start, stop, step] = ['start', 'stop', 'step'].map((field) => fields.get(field));
  if (![start, stop, step].every(Number.isSafeInteger) || step === 0) {
    throw context.malformed('a RangeIndex does not consist of whole numbers');
  }
  const [from, to, by] = [start, stop, step] as [number, number, number];
  const length = Math.max(0, Math.ceil((to - from) / by));
  if (length > MAX_RANGE)
    throw context.malformed(`a RangeIndex has ${length} rows; at most ${MAX_RANGE} are accepted`);
  return new PandasIndex({ name, length, values: () => Array.from({ length }, (_, i) => from + i * by) });
}

function multiIndex(fields: PickleDict, context: PickleContext): PandasIndex {
  const [levels, codes, names] = ['levels', 'codes', 'names'].map((field) => fields.get(field));
  if (!isList(levels) || !isList(codes) || levels.length !== codes.length || levels.length === 0) {
    throw context.malformed('a MultiIndex has another number of codes than levels');
  }
  const expanded = levels.map((level, index) => {
    context.spendCopies(countOf(level) + countOf(codes[index]));
    const labels = valuesOf(level);
    const positions = valuesOf(codes[index]);
    if (labels === undefined || positions === undefined)
      throw context.malformed('a level of a MultiIndex has no labels');
    const name = (isList(names) ? names[index] : undefined) ?? null;
    const values = positions.map((position) => labelAt(labels, position));
    return new PandasIndex({ name, length: values.length, values: () => values });
  });
  const length = expanded[0]!.length;
  const values = () =>
    Array.from({ length }, (_, row) => expanded.map((level) => level.values()[row] ?? null));
  return new PandasIndex({ name: null, length, values, source: fields, levels: expanded });
}

const CLASSES = [
  'base Index',
  'range RangeIndex',
  ...['Int64Index', 'UInt64Index', 'Float64Index', 'NumericIndex'].map((name) => `numeric ${name}`),
  'multi MultiIndex',
  'category CategoricalIndex',
  'datetimes DatetimeIndex',
  'timedeltas TimedeltaIndex',
];

/** Frequencies of dates; they are ignored. */
const FREQUENCIES = ['Day', 'Hour', 'Minute', 'Second', 'Milli', 'Micro', 'Nano', 'BusinessDay'];

export const INDEX_GLOBALS: GlobalTable = {
  'pandas.core.indexes.base _new_Index': { call: newIndex },
  'pandas.core.indexes.datetimes _new_DatetimeIndex': { call: newIndex },
  ...forNames('pandas.core.indexes.', CLASSES, {}),
  'pandas.core.indexes.frozen FrozenList': { call: ([items]) => items ?? null },
  ...forNames('pandas._libs.tslibs.offsets ', FREQUENCIES, { call: () => null }),
};
