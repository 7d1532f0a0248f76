import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import { migrateToLatest } from './migrate.ts';
import { withRowObjects } from './row-objects.ts';
import type { Tables } from './tables.ts';

export type Database = Kysely<Tables>;

/**
 * Opens the store at `file` (a path, or `:memory:`), sets it up for durability and brings its schema up to date.
 * The caller closes it with `destroy()`.
 */
export async function openDatabase(file: string): Promise<Database> {
  if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true });
  const sqlite = new SqliteDatabase(file, { timeout: 5000 });
  sqlite.pragma('journal_mode = WAL');
  // After journal_mode: in WAL mode SQLite would otherwise sync only at checkpoints.
  sqlite.pragma('synchronous = FULL');
  sqlite.pragma('foreign_keys = ON');
  const database = new Kysely<Tables>({ dialect: new SqliteDialect({ database: withRowObjects(sqlite) }) });
  try {
    await migrateToLatest(sqlite, database);
  } catch (error) {
    await database.destroy();
    throw error;
  }
  return database;
}
