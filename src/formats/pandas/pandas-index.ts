import { elementsOf, NumpyArray } from '../numpy/numpy.ts';
import {
  type AllowedGlobal,
  describe,
  isList,
  type PickleContext,
  PickleGlobal,
  PickleObject,
  type PickleValue,
} from '../pickle/pickle-values.ts';
import { PandasArray } from './pandas-array.ts';

/** A range takes no bytes in the file, but its labels take memory. */
const MAX_RANGE = 1_000_000;

/** Labels of rows or columns; a MultiIndex also has its levels. */
export class PandasIndex extends PickleObject {
  readonly typeName = 'pandas index';
  readonly name: PickleValue;
  readonly length: number;
  readonly levels: readonly PandasIndex[];
  private readonly source: PickleValue;
  private readonly makeLabels: () => readonly PickleValue[];

  constructor(parts: {
    name: PickleValue;
    length: number;
    source: PickleValue;
    labels: () => readonly PickleValue[];
    levels?: readonly PandasIndex[];
  }) {
    super();
    this.name = parts.name;
    this.length = parts.length;
    this.source = parts.source;
    this.makeLabels = parts.labels;
    this.levels = parts.levels ?? [];
  }

  labels(): readonly PickleValue[] {
    return this.makeLabels();
  }

  override children(): Iterable<PickleValue> {
    return [this.name, this.source];
  }
}

/** The values of a column, array or index; undefined for anything else. */
export function valuesOf(value: PickleValue | undefined): readonly PickleValue[] | undefined {
  if (value instanceof NumpyArray) return elementsOf(value);
  if (value instanceof PandasArray) return value.values();
  if (value instanceof PandasIndex) return value.labels();
  return Array.isArray(value) ? (value as readonly PickleValue[]) : undefined;
}

/** The label at a position; null for -1, which marks a missing value, and for anything that is not a position. */
function labelAt(labels: readonly PickleValue[], position: PickleValue): PickleValue {
  return typeof position === 'number' ? (labels[position] ?? null) : null;
}

/** Number of values that `valuesOf` returns. */
export function countOf(value: PickleValue | undefined): number {
  const listed = value instanceof NumpyArray || value instanceof PandasArray || value instanceof PandasIndex;
  return listed || Array.isArray(value) ? value.length : 0;
}

/** `_new_Index(class, {data, name})`, `{start, stop, step}` for a range, `{levels, codes, names}` for several levels. */
function newIndex(args: readonly PickleValue[], context: PickleContext): PandasIndex {
  const [type, parts] = args;
  if (!(type instanceof PickleGlobal) || !(parts instanceof Map)) {
    throw context.malformed(`an index cannot be made from ${describe(type)} and ${describe(parts)}`);
  }
  const name = parts.get('name') ?? null;
  if (type.name === 'RangeIndex') return rangeIndex(parts, name, context);
  if (type.name === 'MultiIndex') return multiIndex(parts, context);
  const source = parts.get('data') ?? null;
  context.spend(countOf(source));
  const labels = valuesOf(source);
  if (labels === undefined) throw context.malformed(`an index has ${describe(source)} as its labels`);
  return new PandasIndex({ name, length: labels.length, source, labels: () => labels });
}

/** Labels are created only on request, when the number of rows was checked. */
function rangeIndex(
  parts: Map<PickleValue, PickleValue>,
  name: PickleValue,
  context: PickleContext,
): PandasIndex {
  const [start, stop, step] = ['start', 'stop', 'step'].map((part) => parts.get(part));
  if (![start, stop, step].every(Number.isSafeInteger) || step === 0) {
    throw context.malformed('a RangeIndex does not consist of whole numbers');
  }
  const [from, to, by] = [start, stop, step] as [number, number, number];
  const length = Math.max(0, Math.ceil((to - from) / by));
  if (length > MAX_RANGE)
    throw context.malformed(`a RangeIndex has ${length} rows; at most ${MAX_RANGE} are accepted`);
  const labels = () => Array.from({ length }, (_, index) => from + index * by);
  return new PandasIndex({ name, length, source: null, labels });
}

function multiIndex(parts: Map<PickleValue, PickleValue>, context: PickleContext): PandasIndex {
  const [levels, codes, names] = ['levels', 'codes', 'names'].map((part) => parts.get(part));
  if (!isList(levels) || !isList(codes) || levels.length !== codes.length || levels.length === 0) {
    throw context.malformed('a MultiIndex has another number of codes than levels');
  }
  const expanded = levels.map((level, index) => {
    context.spend(countOf(level) + countOf(codes[index]));
    const labels = valuesOf(level);
    const positions = valuesOf(codes[index]);
    if (labels === undefined || positions === undefined)
      throw context.malformed('a level of a MultiIndex has no labels');
    const named = isList(names) ? names[index] : undefined;
    const values = positions.map((position) => labelAt(labels, position));
    return new PandasIndex({
      name: named ?? null,
      length: values.length,
      source: null,
      labels: () => values,
    });
  });
  const length = expanded[0]!.length;
  const rows = () => Array.from({ length }, (_, row) => expanded.map((level) => level.labels()[row] ?? null));
  return new PandasIndex({ name: null, length, source: parts, labels: rows, levels: expanded });
}

const CLASSES = {
  base: ['Index'],
  range: ['RangeIndex'],
  numeric: ['Int64Index', 'UInt64Index', 'Float64Index', 'NumericIndex'],
  multi: ['MultiIndex'],
  category: ['CategoricalIndex'],
  datetimes: ['DatetimeIndex'],
  timedeltas: ['TimedeltaIndex'],
};

/** Frequencies of dates; they are ignored. */
const FREQUENCIES = ['Day', 'Hour', 'Minute', 'Second', 'Milli', 'Micro', 'Nano', 'BusinessDay'];

export const INDEX_GLOBALS: Readonly<Record<string, AllowedGlobal>> = {
  'pandas.core.indexes.base _new_Index': { call: newIndex },
  'pandas.core.indexes.datetimes _new_DatetimeIndex': { call: newIndex },
  ...Object.fromEntries(
    Object.entries(CLASSES).flatMap(([module, names]) =>
      names.map((name) => [`pandas.core.indexes.${module} ${name}`, {}]),
    ),
  ),
  'pandas.core.indexes.frozen FrozenList': { call: ([items]) => items ?? null },
  ...Object.fromEntries(
    FREQUENCIES.map((name) => [`pandas._libs.tslibs.offsets ${name}`, { call: () => null }]),
  ),
};
