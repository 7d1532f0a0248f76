import { CsvError, parse } from 'csv-parse/sync';
import { PaperdeskError } from '../errors.ts';
import type { IcRow } from './factor-group.ts';

export const MAX_FACTORS = 100_000;
export const MAX_IC_ROWS = 100_000;
const MAX_COLUMNS = 1000;

/** The error of an artifact that cannot be read, as a sentence about its file. */
export function invalidFile(file: string, reason: string, cause?: unknown): PaperdeskError {
  return new PaperdeskError('FACTOR_FILE_INVALID', `${file} ${reason}.`, { cause });
}

/** Decodes UTF-8 without a byte order mark. @throws FACTOR_FILE_INVALID */
export function decodeText(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw invalidFile(file, 'is not UTF-8 text');
  }
}

/**
 * Reads `<key>_factors.txt`: one factor a line; blank lines are skipped.
 * @throws FACTOR_FILE_INVALID when it names no factor, or too many
 */
export function readFactorList(bytes: Uint8Array, file: string): string[] {
  const factors: string[] = [];
  // Not split(): a hostile file has millions of lines.
  for (const [line] of decodeText(bytes, file).matchAll(/[^\r\n]+/g)) {
    const factor = line.trim();
    if (factor !== '') factors.push(factor);
    if (factors.length > MAX_FACTORS) {
      throw invalidFile(file, `names more than ${MAX_FACTORS} factors`);
    }
  }
  if (factors.length === 0) throw invalidFile(file, 'names no factor');
  return factors;
}

/**
 * Reads `<key>_ic.csv`: columns symbol, factor_name, return_name, Kendall_tau in any order; others are ignored.
 * @throws FACTOR_FILE_INVALID when a column or a field is missing, or a tau is not a number
 */
export function readIcTable(bytes: Uint8Array, file: string): IcRow[] {
  const [header, ...rows] = parseCsv(decodeText(bytes, file), file);
  const columnOf = (name: string) => header?.findIndex((label) => label.trim() === name) ?? -1;
  const symbol = columnOf('symbol');
  const returnName = columnOf('return_name');
  const [factor, tau] = ['factor_name', 'Kendall_tau'].map((name) => {
    const column = columnOf(name);
    if (column < 0) throw invalidFile(file, `has no column ${name}`);
    return column;
  }) as [number, number];
  return rows.map((fields, index) => {
    const place = `${file}, row ${index + 1},`;
    if (fields.length !== header!.length) {
      throw invalidFile(place, `has ${fields.length} fields where the header has ${header!.length}`);
    }
    return {
      symbol: fields[symbol]?.trim() || null,
      factorName: fields[factor]!.trim(),
      returnName: fields[returnName]?.trim() || null,
      kendallTau: parseTau(fields[tau]!.trim(), place),
    };
  });
}

function parseTau(text: string, place: string): number | null {
  if (text === '' || /^([+-]?(nan|inf|infinity)|n\/?a|null|none)$/i.test(text)) return null;
  const value = Number(text);
  if (!Number.isNaN(value)) return Number.isFinite(value) ? value : null;
  throw invalidFile(place, `has ${JSON.stringify(text.slice(0, 50))} as its Kendall_tau, which is no number`);
}

/** The rows of an RFC 4180 text, without empty lines. */
function parseCsv(text: string, file: string): string[][] {
  requireNarrowRows(text, file);
  let rows = 0;
  try {
    return parse(text, {
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      skip_empty_lines: true,
      on_record(fields: string[]) {
        if (fields.length === 1 && fields[0] === '') return null;
        rows += 1;
        if (rows <= MAX_IC_ROWS + 1) return fields;
        throw invalidFile(file, `has more than ${MAX_IC_ROWS} rows`);
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw invalidFile(file, `has a quote where none can be, in row ${rows}`, error);
  }
}

/** Before the parser builds a row: a hostile row has millions of fields. */
function requireNarrowRows(text: string, file: string): void {
  let fields = 1;
  let isQuoted = false;
  for (const character of text) {
    if (character === '"') isQuoted = !isQuoted;
    else if (isQuoted) continue;
    else if (character === '\n' || character === '\r') fields = 1;
    else if (character === ',' && ++fields > MAX_COLUMNS) {
      throw invalidFile(file, `has a row of more than ${MAX_COLUMNS} fields`);
    }
  }
}
