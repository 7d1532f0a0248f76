import SqliteDatabase from 'better-sqlite3';
import { Kysely } from 'kysely';
import { onTestFinished } from 'vitest';
import type { Database } from '../../src/db/connection.ts';
import { migrateToLatest } from '../../src/db/migrate.ts';
import { createStoreDialect } from '../../src/db/store-dialect.ts';
import type { Tables } from '../../src/db/tables.ts';

let emptyStore: Promise<Buffer> | undefined;

/** Opens an empty store in memory with the latest schema, and closes it after the test. */
export async function openTestDatabase(): Promise<Database> {
  // Migrations run once in a process: they take longer than most tests.
  emptyStore ??= migrate();
  const sqlite = new SqliteDatabase(await emptyStore);
  sqlite.pragma('foreign_keys = ON');
  const database = new Kysely<Tables>({ dialect: createStoreDialect(sqlite) });
  onTestFinished(() => database.destroy());
  return database;
}

async function migrate(): Promise<Buffer> {
  const sqlite = new SqliteDatabase(':memory:');
  await migrateToLatest(sqlite, new Kysely<Tables>({ dialect: createStoreDialect(sqlite) }));
  const content = sqlite.serialize();
  sqlite.close();
  return content;
}
