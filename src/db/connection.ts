import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { Kysely } from 'kysely';
import { migrateToLatest } from './migrate.ts';
import { storeDialect } from './store-dialect.ts';
import type { Tables } from './tables.ts';

export type Database = Kysely<Tables>;

/**
 * Opens the store at `file` (a path, or `:memory:`), sets it up for durability and brings its schema up to date.
 * The caller closes it with `destroy()`.
 * @param alone keeps every other process out until then; throws SQLITE_BUSY when one has the store open
 */
export async function openDatabase(file: string, { alone = false } = {}): Promise<Database> {
  if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true });
  const sqlite = new SqliteDatabase(file, { timeout: alone ? 500 : 5000 });
  try {
    // Before the first look at the file, or the lock would be taken too late.
    if (alone) sqlite.pragma('locking_mode = EXCLUSIVE');
    return await setUp(sqlite);
  } catch (error) {
    sqlite.close();
    throw error;
  }
}

async function setUp(sqlite: SqliteDatabase.Database): Promise<Database> {
  sqlite.pragma('journal_mode = WAL');
  // After journal_mode: in WAL mode SQLite would otherwise sync only at checkpoints.
  sqlite.pragma('synchronous = FULL');
  sqlite.pragma('foreign_keys = ON');
  const database = new Kysely<Tables>({ dialect: storeDialect(sqlite) });
  await migrateToLatest(sqlite, database);
  return database;
}
