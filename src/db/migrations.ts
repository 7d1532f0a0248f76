import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  DEFAULT_MIGRATION_TABLE,
  type Kysely,
  type Migration,
  type MigrationProvider,
  Migrator,
  sql,
} from 'kysely';
import { PaperdeskError } from '../errors.ts';
import { PROGRAM_ROOT } from '../runtime/program-files.ts';
import { readSchema } from './schema.ts';

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
 * @throws PaperdeskError STORE_UNUSABLE for a store of a newer version; the error of the first migration that fails
 */
export async function migrateToLatest<T>(
  database: Kysely<T>,
  provider: MigrationProvider = ownMigrations,
): Promise<void> {
  const { error } = await new Migrator({ db: database, provider }).migrateToLatest();
  if (error === undefined) return;
  const [unknown] = await unknownMigrations(database, provider);
  if (unknown === undefined) throw error;
  throw new PaperdeskError(
    'STORE_UNUSABLE',
    `The store has the migration ${unknown}, which this version of paperdesk does not know. Update paperdesk.`,
    { cause: error },
  );
}

/** Migrations that ran, by another version, and that `provider` does not have. */
async function unknownMigrations<T>(database: Kysely<T>, provider: MigrationProvider): Promise<string[]> {
  if (!(await hasMigrations(database))) return [];
  const known = await provider.getMigrations();
  const table = sql.table(DEFAULT_MIGRATION_TABLE);
  const { rows } = await sql<{ name: string }>`select name from ${table} order by name`.execute(database);
  return rows.map(({ name }) => name).filter((name) => !Object.hasOwn(known, name));
}

async function hasMigrations<T>(database: Kysely<T>): Promise<boolean> {
  return (await readSchema(database)).has(DEFAULT_MIGRATION_TABLE);
}

/** @throws PaperdeskError STORE_UNUSABLE where no migration ever ran */
export async function requireStore<T>(database: Kysely<T>): Promise<void> {
  if (await hasMigrations(database)) return;
  throw new PaperdeskError('STORE_UNUSABLE', 'There is no store of paperdesk here: no migration ever ran.');
}
