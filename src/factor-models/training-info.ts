import { isStrings } from '../formats/json.ts';
import { PandasDataFrame, PandasSeries } from '../formats/pandas/data-frame.ts';
import { readPandasPickle } from '../formats/pandas/pandas-pickle.ts';
import { millisecondsOf, type PlainJson, plainJson, plainJsonBudget } from '../formats/pandas/plain-json.ts';
import { valuesOf } from '../formats/pickle/pickle-list.ts';
import { describe, type PickleDict, type PickleValue } from '../formats/pickle/pickle-values.ts';
import type { IcRow, TrainingInfo } from './factor-group.ts';
import { invalidFile, MAX_FACTORS, MAX_IC_ROWS } from './text-artifacts.ts';

/** Characters of all names in a list or table: a pickle can repeat one long name many times. */
const MAX_CHARACTERS = 16 * 2 ** 20;

/**
 * Reads `<key>_info.pkl`, a dict, as data (factor-models.md#12).
 * @throws PICKLE_*, FACTOR_FILE_INVALID when it is not a dict, or a field has another type
 */
export function readTrainingInfo(bytes: Uint8Array, file: string): TrainingInfo {
  const info = readPandasPickle(bytes, file);
  if (!(info instanceof Map)) throw invalidFile(file, `holds ${describe(info)}, not a dict`);
  const budget = plainJsonBudget();
  const json = (name: string): PlainJson => {
    const value = plainJson(info.get(name) ?? null, budget);
    if (value === undefined) throw invalidFile(file, `has more values than are read, counted up to ${name}`);
    return value;
  };
  const text = (name: string) => textOf(json(name));
  const number = (name: string) => numberOf(json(name));
  const [start, end] = readWindow(info, file);
  return {
    symbol: text('symbol'),
    returnName: text('return_name'),
    selectedFactors: readNames(info, file),
    icRows: readIcFrame(info.get('ic_df') ?? null, file),
    trainWindowStart: start,
    trainWindowEnd: end,
    trainStartDate: text('train_start_date'),
    trainEndDate: text('train_end_date'),
    trainSamples: number('train_samples'),
    originalFactorsCount: number('original_factors_count'),
    icFilteredCount: number('ic_filtered_count'),
    finalFactorsCount: number('final_factors_count'),
    trainSeconds: number('train_time'),
    config: json('config'),
    featureImportance: json('feature_importance'),
  };
}

function textOf(value: PlainJson): string | null {
  if (typeof value === 'string') return value === '' ? null : value;
  return typeof value === 'number' ? String(value) : null;
}

function numberOf(value: PlainJson): number | null {
  if (typeof value === 'number') return value;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : null;
}

/** The values of a Python list, numpy array or pandas Series. */
function listOf(value: PickleValue | undefined): readonly PickleValue[] | undefined {
  return value instanceof PandasSeries ? value.values() : valuesOf(value);
}

function readNames(info: PickleDict, file: string): string[] {
  const value = info.get('selected_factors') ?? null;
  if (value === null) return [];
  const names = listOf(value);
  if (!isStrings(names)) {
    throw invalidFile(file, 'has selected_factors that are not a list of names');
  }
  if (names.length > MAX_FACTORS || charactersOf(names) > MAX_CHARACTERS) {
    throw invalidFile(file, `has ${names.length} selected_factors, which are more than are read`);
  }
  return [...names];
}

function readWindow(info: PickleDict, file: string): [number | null, number | null] {
  const value = info.get('train_window') ?? null;
  if (value === null) return [null, null];
  const window = listOf(value);
  if (window?.length !== 2) throw invalidFile(file, 'has a train_window that is not a start and an end');
  return [millisecondsOf(window[0]) ?? null, millisecondsOf(window[1]) ?? null];
}

function readIcFrame(frame: PickleValue, file: string): IcRow[] {
  if (frame === null) return [];
  if (!(frame instanceof PandasDataFrame)) throw invalidFile(file, 'has an ic_df that is not a DataFrame');
  // Checked before its columns are decoded.
  if (frame.rows > MAX_IC_ROWS)
    throw invalidFile(file, `has an ic_df of ${frame.rows} rows; ${MAX_IC_ROWS} are read`);
  const names = frame.column('factor_name');
  const taus = frame.column('Kendall_tau');
  if (names === undefined || taus === undefined) {
    if (frame.rows === 0) return [];
    throw invalidFile(file, 'has an ic_df without factor_name or Kendall_tau');
  }
  const columns = ['symbol', 'return_name', 'factor_name'].flatMap((name) => frame.column(name) ?? []);
  if (charactersOf(columns) > MAX_CHARACTERS)
    throw invalidFile(file, 'has longer names in its ic_df than are read');
  const cell = (column: string, row: number) =>
    textOf(plainJson(frame.column(column)?.[row] ?? null) ?? null);
  return names.map((name, row) => ({
    symbol: cell('symbol', row),
    factorName: textOf(plainJson(name) ?? null) ?? '',
    returnName: cell('return_name', row),
    kendallTau: numberOf(plainJson(taus[row] ?? null) ?? null),
  }));
}

function charactersOf(values: readonly PickleValue[]): number {
  return values.reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : 0), 0);
}
