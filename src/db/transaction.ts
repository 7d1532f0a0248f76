import type { Database } from './connection.ts';

/** Runs `work` in a transaction, or in the current one. */
export function inTransaction<T>(
  database: Database,
  work: (transaction: Database) => Promise<T>,
): Promise<T> {
  return database.isTransaction ? work(database) : database.transaction().execute(work);
}
