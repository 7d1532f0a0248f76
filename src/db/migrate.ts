import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Kysely, type Migration, type MigrationProvider, Migrator } from 'kysely';

/** `migrations/` stands beside `src/`, in the source tree and in the build alike. */
const MIGRATIONS_FOLDER = fileURLToPath(new URL('../../migrations/', import.meta.url));

const MIGRATION_FILE = /^(\d{4}_[a-z0-9_]+)\.(ts|js)$/;

/** Reads `NNNN_name.ts|js` and leaves the extension out of the name, so that source and build agree on what ran. */
const provider: MigrationProvider = {
  async getMigrations() {
    const migrations: Record<string, Migration> = {};
    for (const file of (await readdir(MIGRATIONS_FOLDER)).sort()) {
      const name = MIGRATION_FILE.exec(file)?.[1];
      if (name !== undefined)
        migrations[name] = await import(pathToFileURL(join(MIGRATIONS_FOLDER, file)).href);
    }
    return migrations;
  },
};

/** Runs every migration that this store has not seen yet; throws what the first failing one threw. */
export async function migrateToLatest<T>(database: Kysely<T>): Promise<void> {
  const { error } = await new Migrator({ db: database, provider }).migrateToLatest();
  if (error !== undefined) throw error;
}
