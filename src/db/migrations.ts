import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Kysely, type Migration, type MigrationProvider, Migrator } from 'kysely';
import { PROGRAM_ROOT } from '../runtime/program-files.ts';

const MIGRATIONS_FOLDER = join(PROGRAM_ROOT, 'migrations');

const MIGRATION_FILE = /^(\d{4}_[a-z0-9_]+)\.(ts|js)$/;

/**
 * Migrations by file name without the extension, which is `.ts` in the sources and `.js` in the build. A file is loaded
 * only when it runs: most starts run none.
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
 * Runs all pending migrations. Kysely does so in one transaction and under a lock on PostgreSQL; on SQLite the caller does.
 * @throws the error of the first migration that fails
 */
export async function migrateToLatest<T>(
  database: Kysely<T>,
  provider: MigrationProvider = ownMigrations,
): Promise<void> {
  const { error } = await new Migrator({ db: database, provider }).migrateToLatest();
  if (error !== undefined) throw error;
}
