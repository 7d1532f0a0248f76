import { PaperdeskError } from '../errors.ts';
import type { IcRow } from './factor-group.ts';

/** A group has some dozen factors, a table one row for each. */
export const MAX_FACTORS = 100_000;
export const MAX_IC_ROWS = 100_000;
const MAX_COLUMNS = 1000;

/** @throws FACTOR_FILE_INVALID unless the bytes are UTF-8 */
export function decodeText(bytes: Uint8Array, what: string): string {
  try {
    // A byte order mark is taken away.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new PaperdeskError('FACTOR_FILE_INVALID', `${what} is not UTF-8 text.`);
  }
}

/**
 * `<key>_factors.txt`: one factor a line, blank lines skipped.
 * @throws FACTOR_FILE_INVALID when there is none, or too many
 */
export function readFactorList(bytes: Uint8Array, what: string): string[] {
  const factors: string[] = [];
  // Line by line, since a file may be many millions of them.
  for (const [line] of decodeText(bytes, what).matchAll(/[^\r\n]+/g)) {
    const factor = line.trim();
    if (factor !== '') factors.push(factor);
    if (factors.length > MAX_FACTORS) {
      throw new PaperdeskError('FACTOR_FILE_INVALID', `${what} names more than ${MAX_FACTORS} factors.`);
    }
  }
  if (factors.length === 0) throw new PaperdeskError('FACTOR_FILE_INVALID', `${what} names no factor.`);
  return factors;
}

/**
 * `<key>_ic.csv`: columns symbol, factor_name, return_name, Kendall_tau in any order; others are passed over.
 * @throws FACTOR_FILE_INVALID when a column or a field is missing, or a tau is no number
 */
export function readIcTable(bytes: Uint8Array, what: string): IcRow[] {
  const [header, ...lines] = parseCsv(decodeText(bytes, what), what);
  const place = (name: string) => header?.findIndex((label) => label.trim() === name) ?? -1;
  const [symbol, factor, returnName, tau] = ['symbol', 'factor_name', 'return_name', 'Kendall_tau'].map(
    place,
  ) as [number, number, number, number];
  for (const [name, at] of [
    ['factor_name', factor],
    ['Kendall_tau', tau],
  ] as const) {
    if (at < 0) throw new PaperdeskError('FACTOR_FILE_INVALID', `${what} has no column ${name}.`);
  }
  return lines.map((fields, index) => {
    const line = `${what}, row ${index + 1},`;
    if (fields.length !== header!.length) {
      throw new PaperdeskError(
        'FACTOR_FILE_INVALID',
        `${line} has ${fields.length} fields where the header has ${header!.length}.`,
      );
    }
    return {
      symbol: fields[symbol]?.trim() || null,
      factorName: fields[factor]!.trim(),
      returnName: fields[returnName]?.trim() || null,
      kendallTau: readTau(fields[tau]!.trim(), line),
    };
  });
}

function readTau(text: string, line: string): number | null {
  if (text === '' || /^([+-]?(nan|inf|infinity)|n\/?a|null|none)$/i.test(text)) return null;
  const value = Number(text);
  if (!Number.isNaN(value)) return Number.isFinite(value) ? value : null;
  throw new PaperdeskError(
    'FACTOR_FILE_INVALID',
    `${line} has ${JSON.stringify(text.slice(0, 50))} as its Kendall_tau, which is no number.`,
  );
}

/** The rows of RFC 4180 text; empty lines are passed over. */
function parseCsv(text: string, what: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (let at = 0; at < text.length; ) {
    const { field, end } = readField(text, at) ?? refuseQuote(what, rows.length);
    const separator = text.startsWith('\r\n', end) ? '\r\n' : (text[end] ?? '');
    at = end + separator.length;
    if (row.push(field) > MAX_COLUMNS) {
      throw new PaperdeskError(
        'FACTOR_FILE_INVALID',
        `${what} has a row of more than ${MAX_COLUMNS} fields.`,
      );
    }
    if (separator === ',' && at < text.length) continue;
    if (separator === ',') row.push('');
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
    if (rows.length > MAX_IC_ROWS + 1) {
      throw new PaperdeskError('FACTOR_FILE_INVALID', `${what} has more than ${MAX_IC_ROWS} rows.`);
    }
  }
  return rows;
}

/** The field that begins at `start`, and where the separator behind it stands; undefined for a quote out of place. */
function readField(text: string, start: number): { field: string; end: number } | undefined {
  if (text[start] !== '"') {
    const end = endOfPlain(text, start);
    const field = text.slice(start, end);
    return field.includes('"') ? undefined : { field, end };
  }
  let quote = text.indexOf('"', start + 1);
  while (quote >= 0 && text[quote + 1] === '"') quote = text.indexOf('"', quote + 2);
  const isEnd = quote >= 0 && endOfPlain(text, quote + 1) === quote + 1;
  return isEnd ? { field: text.slice(start + 1, quote).replaceAll('""', '"'), end: quote + 1 } : undefined;
}

function endOfPlain(text: string, start: number): number {
  const separator = /[,\r\n]/g;
  separator.lastIndex = start;
  return separator.exec(text)?.index ?? text.length;
}

function refuseQuote(what: string, row: number): never {
  throw new PaperdeskError('FACTOR_FILE_INVALID', `${what} has a quote where none can be, in row ${row}.`);
}
