import { sql } from 'kysely';
import type { Database } from './connection.ts';
import { isPostgres } from './engine.ts';

/**
 * Reads tables that nothing changes meanwhile. On PostgreSQL in one snapshot, and writes of others wait until the end;
 * a store of SQLite must be opened alone.
 * @throws the error 55P03 of PostgreSQL when another transaction writes the tables for too long
 */
export async function withFrozenTables<T>(
  database: Database,
  tables: readonly string[],
  work: (frozen: Database) => Promise<T>,
): Promise<T> {
  if (!isPostgres(database)) return work(database);
  return database
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (transaction) => {
      // The transaction is idle while the rows are written elsewhere.
      await sql`set local idle_in_transaction_session_timeout = 0`.execute(transaction);
      // Before the first query, which begins the snapshot.
      await sql`lock table ${sql.join(tables.map((name) => sql.table(name)))} in share mode`.execute(
        transaction,
      );
      return work(transaction);
    });
}
