import type { Kysely, MigrationProvider } from 'kysely';
import { migrateToLatest } from '../migrations.ts';
import type { SqliteConnection } from './sqlite-library.ts';

/**
 * Runs all pending migrations in one exclusive transaction: a process that is killed leaves the schema unchanged, and a
 * second process waits. Kysely's migrator has neither transaction nor lock for SQLite.
 * @param database must use the connection `sqlite`
 * @throws the error of the first migration that fails; SQLITE_BUSY when another process holds the store for too long
 */
export async function migrateSqlite<T>(
  sqlite: SqliteConnection,
  database: Kysely<T>,
  provider?: MigrationProvider,
): Promise<void> {
  sqlite.exec('BEGIN IMMEDIATE');
  try {
    await migrateToLatest(database, provider);
    sqlite.exec('COMMIT');
  } finally {
    if (sqlite.inTransaction) sqlite.exec('ROLLBACK');
  }
}
