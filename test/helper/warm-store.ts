import { Kysely } from 'kysely';
import type { Database } from '../../src/db/connection.ts';
import { createSqliteDialect } from '../../src/db/sqlite/sqlite-dialect.ts';
import { SqliteDatabase } from '../../src/db/sqlite/sqlite-library.ts';
import type { Tables } from '../../src/db/tables.ts';
import { DEFAULT_PACKAGE_ID } from '../../src/packages/package-id.ts';
import { createPackageRepository } from '../../src/packages/package-repository.ts';
import { seedDefaultPackage } from '../../src/packages/seed-default-package.ts';
import { MODELS_FOLDER } from '../../src/services/models-folder.ts';
import { emptySqliteStore } from './empty-store.ts';

/** Before the clocks of tests. */
const WARMED_UP_AT = Date.parse('2025-01-01T00:00Z');

let content: Promise<Buffer> | undefined;

/**
 * The content of an SQLite store whose default package is marked as warm. It has no candles: a service loads them when it
 * needs them.
 */
export function warmSqliteStore(): Promise<Buffer> {
  content ??= warm();
  return content;
}

async function warm(): Promise<Buffer> {
  const sqlite = new SqliteDatabase(await emptySqliteStore());
  await addWarmPackage(new Kysely<Tables>({ dialect: createSqliteDialect(sqlite) }));
  const stored = sqlite.serialize();
  sqlite.close();
  return stored;
}

/** Adds the default package as a service does, and marks it as warm, which saves the process and the downloads of a warm-up. */
export async function addWarmPackage(database: Database): Promise<void> {
  const repository = createPackageRepository(database);
  await seedDefaultPackage({ repository, modelsFolder: MODELS_FOLDER, now: () => WARMED_UP_AT });
  await repository.update(DEFAULT_PACKAGE_ID, {
    status: 'READY',
    warmup_status: 'DONE',
    warmup_completed_at: WARMED_UP_AT,
  });
}
