import type { Database } from './connection.ts';
import { databaseFault } from './database-fault.ts';
import { isPostgres } from './engine.ts';
import { groupCommits } from './sqlite/group-commit.ts';

/** Transactions that other ones keep interrupting are repeated this often. */
const MAX_ATTEMPTS = 5;

/**
 * Runs `work` in a transaction, or in the current one. With SQLite, transactions that wait at the same time are committed
 * together. PostgreSQL may refuse a transaction because of a concurrent one; `work` then runs again, so its writes
 * must be its only effect.
 */
export async function inTransaction<T>(
  database: Database,
  work: (transaction: Database) => Promise<T>,
): Promise<T> {
  if (database.isTransaction) return work(database);
  if (!isPostgres(database)) return groupCommits(database)(work);
  return repeatOnConflict(() => database.transaction().execute(work));
}

/** Repeats what a concurrent transaction prevented. @throws the error of `work`, after five attempts that of the conflict */
export async function repeatOnConflict<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= MAX_ATTEMPTS || databaseFault(error) !== 'conflict') throw error;
    }
  }
}
