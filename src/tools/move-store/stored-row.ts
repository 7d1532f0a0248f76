import type { ColumnKind, TableSchema } from '../../db/schema.ts';
import { MoveError } from './move-error.ts';

/** A value as both engines return it. */
export type StoredValue = null | number | string | Uint8Array;
export type StoredRow = Readonly<Record<string, StoredValue>>;

const FITS: Readonly<Record<ColumnKind, (value: StoredValue) => boolean>> = {
  integer: (value) => Number.isSafeInteger(value),
  real: (value) => typeof value === 'number' && !Number.isNaN(value),
  text: (value) => typeof value === 'string' && !value.includes('\0'),
  bytes: (value) => value instanceof Uint8Array,
};

/**
 * Checks that both engines can store the row exactly: SQLite accepts any value in any column.
 * @throws MoveError
 */
export function requireMovable({ name, columns, key }: TableSchema, row: StoredRow): void {
  for (const [column, kind] of columns) {
    const value = row[column];
    if (value === null ? !key.includes(column) : kind !== undefined && FITS[kind](value as StoredValue))
      continue;
    throw new MoveError(
      `The source has ${valueText(value as StoredValue).slice(0, 80)} in the column ${column} (${kind}) of ${name}, which ` +
        `cannot be stored exactly by both engines; its key is ${keyText(keyOf({ key }, row))}.`,
    );
  }
}

/** The row as a text that is the same for the same values on both engines: numbers to the last bit, bytes in hex. */
export function canonicalRow({ columns }: Pick<TableSchema, 'columns'>, row: StoredRow): string {
  let text = '';
  for (const column of columns.keys()) text += `${valueText(row[column] as StoredValue)},`;
  return text;
}

/** The same text for the same value on both engines. */
export function valueText(value: StoredValue): string {
  // The shortest decimal number that is read as the same double. SQLite has no -0, which becomes 0 here too.
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return JSON.stringify(value);
  return value === null ? 'null' : `x${Buffer.from(value).toString('hex')}`;
}

export function keyOf({ key }: Pick<TableSchema, 'key'>, row: StoredRow): StoredValue[] {
  return key.map((column) => row[column] as StoredValue);
}

export function keyText(key: readonly StoredValue[]): string {
  return `(${key.map(valueText).join(', ')})`;
}

/** Memory that a row takes, roughly, in bytes. */
export function sizeOf(row: StoredRow): number {
  let size = 0;
  for (const value of Object.values(row)) {
    size += typeof value === 'string' || value instanceof Uint8Array ? value.length : 8;
  }
  return size;
}
