import type { NumberTable } from './number-table.ts';

/** The rows of a file in the order of their times, each time once. */
export interface SortedRows {
  /** Numbers of rows in the table. */
  readonly order: Uint32Array;
  /** Rows that repeat another one. */
  readonly duplicates: number;
  /** Rows that come after a later one. */
  readonly outOfOrder: number;
}

/**
 * Sorts the rows of a table by their first number.
 * @param keyOf rows with the same key are the same row
 * @param contradict makes the error for two rows that have the same key and other numbers, the one further up first
 */
export function sortRows(
  table: NumberTable,
  keyOf: (time: number) => number,
  contradict: (first: number, second: number) => Error,
): SortedRows {
  const key = (row: number) => keyOf(table.value(row, 0));
  const rows = Uint32Array.from({ length: table.length }, (_, row) => row);
  if (rows.some((row) => row > 0 && key(row) <= key(row - 1))) rows.sort((a, b) => key(a) - key(b) || a - b);
  const isRepeated = new Uint8Array(rows.length);
  let first = 0;
  for (const [index, row] of rows.entries()) {
    if (index === 0 || key(row) !== key(first)) {
      first = row;
      continue;
    }
    const numbers = table.values(row);
    if (numbers.some((number, column) => column > 0 && number !== table.value(first, column))) {
      throw contradict(first, row);
    }
    isRepeated[row] = 1;
  }
  const order = rows.filter((row) => isRepeated[row] === 0);
  return { order, duplicates: rows.length - order.length, outOfOrder: countLate(table, isRepeated) };
}

function countLate(table: NumberTable, isRepeated: Uint8Array): number {
  let latest = Number.NEGATIVE_INFINITY;
  let late = 0;
  for (let row = 0; row < table.length; row += 1) {
    if (isRepeated[row] === 1) continue;
    const time = table.value(row, 0);
    if (time < latest) late += 1;
    else latest = time;
  }
  return late;
}
