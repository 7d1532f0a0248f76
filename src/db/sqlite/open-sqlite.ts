import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Kysely } from 'kysely';
import type { Database, OpenOptions } from '../connection.ts';
import { requireStore } from '../migrations.ts';
import type { Tables } from '../tables.ts';
import { migrateSqlite } from './migrate-sqlite.ts';
import { createSqliteDialect } from './sqlite-dialect.ts';
import { type SqliteConnection, SqliteDatabase } from './sqlite-library.ts';

/** Opens the file (a path, or `:memory:`) and migrates its schema. */
export async function openSqlite(
  file: string,
  { alone = false, existing = false }: OpenOptions,
): Promise<Database> {
  if (file !== ':memory:' && !existing) mkdirSync(dirname(file), { recursive: true });
  const sqlite = new SqliteDatabase(file, { timeout: alone ? 500 : 5000, fileMustExist: existing });
  try {
    // Must come before the first read of the file.
    if (alone) sqlite.pragma('locking_mode = EXCLUSIVE');
    return await configure(sqlite, existing);
  } catch (error) {
    sqlite.close();
    throw error;
  }
}

async function configure(sqlite: SqliteConnection, existing: boolean): Promise<Database> {
  const database = new Kysely<Tables>({ dialect: createSqliteDialect(sqlite) });
  // Before anything is changed in the file of another program.
  if (existing) await requireStore(database);
  sqlite.pragma('journal_mode = WAL');
  // Must come after journal_mode: by default SQLite syncs only at checkpoints in WAL mode.
  sqlite.pragma('synchronous = FULL');
  sqlite.pragma('foreign_keys = ON');
  await migrateSqlite(sqlite, database);
  return database;
}
