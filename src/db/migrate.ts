import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Database as SqliteDatabase } from 'better-sqlite3';
import { type Kysely, type Migration, type MigrationProvider, Migrator } from 'kysely';
import { PROGRAM_ROOT } from '../runtime/program-files.ts';

const MIGRATIONS_FOLDER = join(PROGRAM_ROOT, 'migrations');

const MIGRATION_FILE = /^(\d{4}_[a-z0-9_]+)\.(ts|js)$/;

/**
 * Names `NNNN_name.ts|js` without the extension, so that source and build agree on what ran. A file is loaded when it
 * has to run: most starts run none.
 */
const ownMigrations: MigrationProvider = {
  async getMigrations() {
    const migrations: Record<string, Migration> = {};
    for (const file of (await readdir(MIGRATIONS_FOLDER)).sort()) {
      const name = MIGRATION_FILE.exec(file)?.[1];
      if (name !== undefined) migrations[name] = lazyMigration(join(MIGRATIONS_FOLDER, file));
    }
    return migrations;
  },
};

function lazyMigration(file: string): Migration {
  const load = (): Promise<Migration> => import(pathToFileURL(file).href);
  return {
    up: async (database) => (await load()).up(database),
    down: async (database) => (await load()).down?.(database),
  };
}

/**
 * Runs every migration that this store has not seen yet, all of them in one transaction that nobody else can begin
 * meanwhile: a process killed half-way leaves the schema as it was, and of two that start together one waits.
 * Throws what the first failing one threw, and SQLITE_BUSY when another process held the store for longer than its
 * time-out.
 *
 * Kysely itself takes neither the transaction nor the lock for SQLite; `database` uses the one connection `sqlite`.
 */
export async function migrateToLatest<T>(
  sqlite: SqliteDatabase,
  database: Kysely<T>,
  provider: MigrationProvider = ownMigrations,
): Promise<void> {
  sqlite.exec('BEGIN IMMEDIATE');
  try {
    const { error } = await new Migrator({ db: database, provider }).migrateToLatest();
    if (error !== undefined) throw error;
    sqlite.exec('COMMIT');
  } finally {
    if (sqlite.inTransaction) sqlite.exec('ROLLBACK');
  }
}
