import { Kysely } from 'kysely';
import { inject, onTestFinished } from 'vitest';
import type { Database } from '../../src/db/connection.ts';
import { createSqliteDialect } from '../../src/db/sqlite/sqlite-dialect.ts';
import { SqliteDatabase } from '../../src/db/sqlite/sqlite-library.ts';
import type { Tables } from '../../src/db/tables.ts';
import { giveBack, takeEmptyDatabase } from './empty-databases.ts';
import { emptySqliteStore } from './empty-store.ts';

/**
 * Opens an empty store with the latest schema, and closes it after the test: SQLite in memory, or PostgreSQL in the project
 * that tests it.
 */
export async function openTestDatabase(): Promise<Database> {
  const server = inject('postgresUrl');
  if (server !== undefined) {
    const store = await takeEmptyDatabase(server);
    onTestFinished(() => giveBack(store));
    return store.database;
  }
  const sqlite = new SqliteDatabase(await emptySqliteStore());
  sqlite.pragma('foreign_keys = ON');
  const database = new Kysely<Tables>({ dialect: createSqliteDialect(sqlite) });
  onTestFinished(() => database.destroy());
  return database;
}
