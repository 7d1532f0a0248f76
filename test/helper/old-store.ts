import { cp, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { SqliteDatabase } from '../../src/db/sqlite/sqlite-library.ts';
import { PROJECT_ROOT } from '../../src/runtime/project-root.ts';

const FIXTURES = join(PROJECT_ROOT, 'test', 'fixtures');

/** Three candles after the first poll of the store. */
export const OLD_STORE_AT = Date.parse('2026-11-26T01:46:00Z');

/** The store of a service before pipelines could be declared: two packages, three open lots, a replay. */
export async function readOldStore(): Promise<Buffer> {
  return gunzipSync(await readFile(join(FIXTURES, 'stores', 'before_pipelines.sqlite.gz')));
}

/** Writes the old store to `paperdesk.sqlite` of a folder, and the files of its package to `packages/`. */
export async function writeOldStore(folder: string): Promise<void> {
  const file = join(folder, 'paperdesk.sqlite');
  await writeFile(file, await readOldStore());
  await cp(join(FIXTURES, 'packages', 'beta'), join(folder, 'packages', 'beta'), { recursive: true });
  const store = new SqliteDatabase(file);
  for (const column of ['forecast_rel_path', 'ppo_rel_path', 'scaler_rel_path']) {
    store
      .prepare(`update model_packages set ${column} = ? || ${column} where id = 'beta'`)
      .run(`${relative(PROJECT_ROOT, folder)}/`);
  }
  store.close();
}
