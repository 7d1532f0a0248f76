import { NumpyArray, NumpyTime } from '../numpy/numpy.ts';
import { CHARACTERS_PER_VALUE } from '../pickle/pickle-extent.ts';
import { PickleList } from '../pickle/pickle-list.ts';
import { describe, PickleGlobal, PickleInstance, type PickleValue } from '../pickle/pickle-values.ts';
import { PandasDataFrame, PandasSeries } from './data-frame.ts';
import { nanosecondsPer, PythonDate, PythonDuration, PythonTime } from './python-time.ts';

export type PlainJson = null | boolean | number | string | PlainJson[] | { [key: string]: PlainJson };

const MAX_VALUES = 200_000;

export function plainJsonBudget(): { left: number } {
  return { left: MAX_VALUES };
}

/**
 * Converts Python data to JSON: NaN, infinity and missing values become null, times ISO 8601 like Python's
 * `isoformat()`, durations seconds, a Series an object by label (a list where labels are row numbers), a DataFrame its
 * rows.
 * @param budget values that may still be created, where several conversions share a limit
 * @returns undefined beyond 200,000 values; text counts as one value per 64 characters
 */
export function plainJson(value: PickleValue, budget = plainJsonBudget()): PlainJson | undefined {
  function plain(item: PickleValue): PlainJson {
    if (--budget.left < 0) return null;
    if (item === null || typeof item === 'boolean') return item;
    if (typeof item === 'string') return text(item);
    if (typeof item === 'number') return Number.isFinite(item) ? item : null;
    if (typeof item === 'bigint') return Number(item);
    const time = timeJson(item);
    if (time !== undefined) return time;
    if (item instanceof Map) return members(item);
    if (item instanceof Set) return list([...item]);
    if (item instanceof PandasSeries) return series(item);
    if (item instanceof PandasDataFrame) return records(item);
    if (item instanceof NumpyArray && !isAffordable(item)) return exhausted([]);
    if (item instanceof NumpyArray && item.shape.length === 0) return plain(item.values()?.[0] ?? null);
    if (item instanceof NumpyArray && item.shape.length === 2) return rows(item, item.shape[1]!);
    if (item instanceof PickleList) return list(item.values() ?? []);
    if (Array.isArray(item)) return list(item as readonly PickleValue[]);
    if (item instanceof PickleInstance) return instance(item);
    if (item instanceof PickleGlobal) return item.name === 'NA' ? null : item.name;
    return describe(item);
  }

  /** A pickle can reference the same text many times; each reference is a copy in JSON. */
  function text(item: string): string {
    budget.left -= Math.floor(item.length / CHARACTERS_PER_VALUE);
    return budget.left < 0 ? '' : item;
  }

  /** An array is decoded at each reference. */
  function isAffordable({ bytes }: NumpyArray): boolean {
    budget.left -= Math.floor(bytes.length / CHARACTERS_PER_VALUE);
    return budget.left >= 0;
  }

  function list(items: readonly PickleValue[]): PlainJson[] {
    return items.length > budget.left ? exhausted([]) : items.map(plain);
  }

  function rows(array: NumpyArray, width: number): PlainJson {
    const flat = array.values() ?? [];
    if (array.length > budget.left) return exhausted([]);
    const height = width === 0 ? 0 : flat.length / width;
    return Array.from({ length: height }, (_, row) => list(flat.slice(row * width, (row + 1) * width)));
  }

  function exhausted<T>(empty: T): T {
    budget.left = -1;
    return empty;
  }

  function members(entries: Iterable<readonly [PickleValue, PickleValue]>): PlainJson {
    return Object.fromEntries(Array.from(entries, ([key, item]) => [keyText(plain(key)), plain(item)]));
  }

  function series(item: PandasSeries): PlainJson {
    const values = item.values();
    if (values.length > budget.left) return exhausted({});
    const labels = item.labels();
    return item.isPlainList() ? list(values) : members(values.map((one, row) => [labels[row] ?? null, one]));
  }

  function records(frame: PandasDataFrame): PlainJson {
    const columns = frame.columnNames();
    if (frame.rows * columns.length > budget.left) return exhausted([]);
    return Array.from({ length: frame.rows }, (_, row) =>
      Object.fromEntries(columns.map((name) => [name, plain(frame.column(name)?.[row] ?? null)])),
    );
  }

  function instance({ typeName, args, attributes }: PickleInstance): PlainJson {
    if (typeName === 'Decimal') return plain(typeof args[0] === 'string' ? Number(args[0]) : null);
    if (typeName.startsWith('pathlib.')) {
      const parts = args.filter((part) => typeof part === 'string');
      return parts.map(text).join('/').replace(/^\/\//, '/');
    }
    return attributes.size > 0 ? members(attributes) : typeName;
  }

  const result = plain(value);
  return budget.left < 0 ? undefined : result;
}

function keyText(key: PlainJson): string {
  return typeof key === 'string' ? key : JSON.stringify(key);
}

function timeJson(value: PickleValue): PlainJson | undefined {
  if (value instanceof PythonTime) return value.isoFormat();
  if (value instanceof PythonDate || value instanceof PythonDuration) return value.value;
  if (!(value instanceof NumpyTime)) return undefined;
  const scale = nanosecondsPer(value.unit);
  if (value.count === null || scale === undefined) return null;
  if (value.kind === 'm') return Number(value.count * scale) / 1e9;
  const text = new PythonTime(value.count * scale, undefined).isoFormat();
  return value.unit === 'D' ? text.slice(0, 10) : text;
}

/** ms since the epoch of a point in time or of a number of ms; undefined for anything else. */
export function millisecondsOf(value: PickleValue | undefined): number | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return Math.trunc(value);
  if (value instanceof PythonTime) return value.milliseconds;
  if (value instanceof PythonDate) return Date.parse(value.value);
  if (value instanceof NumpyTime && value.kind === 'M' && value.count !== null) {
    const scale = nanosecondsPer(value.unit);
    return scale === undefined ? undefined : new PythonTime(value.count * scale, undefined).milliseconds;
  }
  return undefined;
}
