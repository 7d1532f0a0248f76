import { createHash } from 'node:crypto';
import type { Database } from '../../db/connection.ts';
import type { TableSchema } from '../../db/schema.ts';
import { rowPages } from './rows-repository.ts';
import { canonicalRow, keyOf, keyText, type StoredRow, valueText } from './stored-row.ts';

/** What one end has in a table. */
export interface TableContent {
  readonly rows: number;
  /** SHA-256 of all rows in order of their keys, in hex (`canonicalRow`). */
  readonly sha256: string;
}

export interface TableComparison {
  readonly table: string;
  readonly source: TableContent;
  readonly target: TableContent;
  /** The first rows that differ, as a sentence. */
  readonly difference: string | undefined;
}

/**
 * Reads a table on both ends, row by row.
 * @param moved what a row of the source is in the target
 * @param onRows receives the number of further rows of the source that were read
 */
export async function compareTable(
  ends: { readonly source: Database; readonly target: Database },
  table: TableSchema,
  moved: (row: StoredRow) => StoredRow,
  onRows: (count: number) => void,
): Promise<TableComparison> {
  const source = openReader(ends.source, table, moved, onRows);
  const target = openReader(ends.target, table);
  let difference: string | undefined;
  for (;;) {
    // Only the first row of a page waits for the database.
    const left = source.buffered() ?? (await source.next());
    const right = target.buffered() ?? (await target.next());
    if (left === undefined && right === undefined) break;
    if (left?.text !== right?.text) difference ??= sentenceOf(table, left?.row, right?.row);
  }
  return { table: table.name, source: source.content(), target: target.content(), difference };
}

interface ReadRow {
  readonly row: StoredRow;
  readonly text: string;
}

/** Reads rows one after the other and hashes them. */
function openReader(
  database: Database,
  table: TableSchema,
  moved: (row: StoredRow) => StoredRow = (row) => row,
  onRows: (count: number) => void = () => {},
) {
  const pages = rowPages(database, table);
  const hash = createHash('sha256');
  let page: readonly StoredRow[] = [];
  let [index, count] = [0, 0];
  const buffered = (): ReadRow | undefined => {
    const found = page[index];
    if (found === undefined) return undefined;
    index += 1;
    count += 1;
    const row = moved(found);
    const text = canonicalRow(table, row);
    hash.update(text).update('\n');
    return { row, text };
  };
  return {
    buffered,
    async next() {
      const { done, value } = await pages.next();
      [page, index] = [done === true ? [] : value, 0];
      if (page.length > 0) onRows(page.length);
      return buffered();
    },
    content: (): TableContent => ({ rows: count, sha256: hash.digest('hex') }),
  };
}

function sentenceOf(
  table: TableSchema,
  source: StoredRow | undefined,
  target: StoredRow | undefined,
): string {
  const [there, here] = [source, target].map((row) =>
    row === undefined ? 'no row' : keyText(keyOf(table, row)),
  );
  if (there !== here) return `where the source has ${there}, the target has ${here}`;
  const columns = [...table.columns.keys()].filter(
    (column) => valueText(source![column]!) !== valueText(target![column]!),
  );
  return `the rows with the key ${there} differ in ${columns.join(', ')}`;
}
