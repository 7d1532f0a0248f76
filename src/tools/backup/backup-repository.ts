import SqliteDatabase from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import type { Tables } from '../../db/tables.ts';

/** The paths of a package's files, as they stand in its row: from the project's folder. */
export interface PackagePaths {
  readonly id: string;
  readonly forecast_rel_path: string;
  readonly ppo_rel_path: string;
  readonly scaler_rel_path: string | null;
  /** JSON: name, size and SHA-256 of each file. */
  readonly files: string;
}

/**
 * Writes the store as it is at one moment to a new file, while whoever has it open goes on reading and writing.
 * @throws what SQLite says, for example that there is no store at `from`
 */
export function copyStore(from: string, to: string): void {
  const source = new SqliteDatabase(from, { readonly: true, fileMustExist: true, timeout: 5000 });
  try {
    // One read transaction, unlike the page-wise backup, which begins anew whenever another process writes.
    source.prepare('vacuum into ?').run(to);
  } finally {
    source.close();
  }
}

/** What SQLite finds wrong in a store; undefined when it is whole. */
export function faultOfStore(file: string): string | undefined {
  const store = new SqliteDatabase(file, { readonly: true, fileMustExist: true });
  try {
    const found = String(store.pragma('integrity_check', { simple: true }));
    return found === 'ok' ? undefined : found;
  } finally {
    store.close();
  }
}

/** The packages in a copied store; `move` says where the files of one stand from now on. */
export async function packagesIn(
  file: string,
  move?: (paths: PackagePaths) => Partial<Omit<PackagePaths, 'id'>>,
): Promise<PackagePaths[]> {
  const sqlite = new SqliteDatabase(file, { fileMustExist: true });
  const store = new Kysely<Tables>({ dialect: new SqliteDialect({ database: sqlite }) });
  try {
    const rows = await store
      .selectFrom('model_packages')
      .select(['id', 'forecast_rel_path', 'ppo_rel_path', 'scaler_rel_path', 'files'])
      .orderBy('id')
      .execute();
    for (const row of move === undefined ? [] : rows) {
      const moved = move!(row);
      if (Object.keys(moved).length > 0)
        await store.updateTable('model_packages').set(moved).where('id', '=', row.id).execute();
    }
    return rows;
  } finally {
    await store.destroy();
  }
}
