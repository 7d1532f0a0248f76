import { PaperdeskError } from '../errors.ts';
import type { IcRow } from './factor-group.ts';

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
 * @throws FACTOR_FILE_INVALID when there is none, or one twice
 */
export function readFactorList(bytes: Uint8Array, what: string): string[] {
  const factors = decodeText(bytes, what)
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
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
  const token = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n|\r|\n|$)/y;
  while (token.lastIndex < text.length) {
    const match = token.exec(text);
    if (match === null) {
      throw new PaperdeskError(
        'FACTOR_FILE_INVALID',
        `${what} has a quote where none can be, in row ${rows.length}.`,
      );
    }
    const [, field, end] = match as unknown as [string, string, string];
    row.push(field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field);
    if (end === ',' && token.lastIndex < text.length) continue;
    if (end === ',') row.push('');
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
  }
  return rows;
}
