import type { Database } from './connection.ts';
import { databaseFault } from './database-fault.ts';

/** Transactions that other ones keep interrupting are repeated this often. */
const MAX_ATTEMPTS = 5;

/**
 * Runs `work` in a transaction, or in the current one. PostgreSQL may refuse a transaction because of a concurrent one;
 * `work` then runs again, so it must have no effect besides its writes.
 */
export async function inTransaction<T>(
  database: Database,
  work: (transaction: Database) => Promise<T>,
): Promise<T> {
  if (database.isTransaction) return work(database);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await database.transaction().execute(work);
    } catch (error) {
      if (attempt >= MAX_ATTEMPTS || databaseFault(error) !== 'conflict') throw error;
    }
  }
}
