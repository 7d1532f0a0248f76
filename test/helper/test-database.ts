import { Kysely } from 'kysely';
import { inject, onTestFinished } from 'vitest';
import type { Database } from '../../src/db/connection.ts';
import { createPool } from '../../src/db/postgres/open-postgres.ts';
import { createPostgresDialect } from '../../src/db/postgres/postgres-dialect.ts';
import { createSqliteDialect } from '../../src/db/sqlite/sqlite-dialect.ts';
import { SqliteDatabase } from '../../src/db/sqlite/sqlite-library.ts';
import type { Tables } from '../../src/db/tables.ts';
import { emptySqliteStore } from './empty-store.ts';
import { watchPool } from './postgres-activity.ts';
import { createTestDatabase } from './postgres-databases.ts';

/**
 * Opens an empty store with the latest schema, and closes it after the test: SQLite in memory, or PostgreSQL in the project
 * that tests it.
 */
export async function openTestDatabase(): Promise<Database> {
  const server = inject('postgresUrl');
  if (server !== undefined) {
    const { url, drop } = await createTestDatabase(server);
    const dialect = createPostgresDialect(watchPool(createPool(url, 4)));
    const database = new Kysely<Tables>({ dialect });
    onTestFinished(async () => {
      await database.destroy();
      await drop();
    });
    return database;
  }
  const sqlite = new SqliteDatabase(await emptySqliteStore());
  sqlite.pragma('foreign_keys = ON');
  const database = new Kysely<Tables>({ dialect: createSqliteDialect(sqlite) });
  onTestFinished(() => database.destroy());
  return database;
}
