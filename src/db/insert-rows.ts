import type { Insertable } from 'kysely';
import type { Database } from './connection.ts';
import type { NewRow, Tables } from './tables.ts';

/** Rows have up to 30 values; SQLite takes 32,766 in one statement. */
const ROWS_PER_STATEMENT = 500;

/** Inserts any number of rows. To be called in a transaction. */
export async function insertRows<Table extends keyof Tables>(
  transaction: Database,
  table: Table,
  rows: readonly NewRow<Table>[],
): Promise<void> {
  for (const batch of rowBatches(rows)) {
    await transaction
      .insertInto(table)
      .values(batch as Insertable<Tables[Table]>[])
      .execute();
  }
}

/** As many rows as fit in one statement. */
export function* rowBatches<T>(rows: readonly T[]): Generator<T[]> {
  for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT) {
    yield rows.slice(start, start + ROWS_PER_STATEMENT);
  }
}
