import { Kysely, SqliteDialect } from 'kysely';
import { SqliteDatabase } from '../../db/sqlite/sqlite-library.ts';
import type { Tables } from '../../db/tables.ts';

/** The paths of a package's files in its row, relative to the project's folder. */
export interface PackagePaths {
  readonly id: string;
  readonly forecast_rel_path: string;
  readonly ppo_rel_path: string;
  readonly scaler_rel_path: string | null;
  /** JSON: name, size and SHA-256 of each file. */
  readonly files: string;
}

/**
 * Copies the store, as of one moment, to a new file; other processes can read and write meanwhile.
 * @throws SqliteError, for example when there is no store at `from`
 */
export function copyStore(from: string, to: string): void {
  const source = new SqliteDatabase(from, { readonly: true, fileMustExist: true, timeout: 5000 });
  try {
    // SQLite's backup API restarts whenever another process writes; this is one read transaction.
    source.prepare('vacuum into ?').run(to);
  } finally {
    source.close();
  }
}

/** The first fault that SQLite finds in a store; undefined when there is none. */
export function findFault(file: string): string | undefined {
  const store = new SqliteDatabase(file, { readonly: true, fileMustExist: true });
  try {
    const found = String(store.pragma('integrity_check', { simple: true }));
    return found === 'ok' ? undefined : found;
  } finally {
    store.close();
  }
}

/** A service token in a copied store. */
export interface RestoredToken {
  readonly id: string;
  readonly name: string;
  /** ms since the epoch. */
  readonly createdAt: number;
}

/**
 * Ends all sessions in a copied store and, unless `keepTokens`, revokes its service tokens: what ended after the backup was
 * made must not be valid again.
 * @returns the service tokens that the backup brought, oldest first
 */
export function endAccess(file: string, keepTokens: boolean): Promise<RestoredToken[]> {
  return withCopy(file, (store) =>
    store.transaction().execute(async (transaction) => {
      const tokens = await transaction
        .selectFrom('access_tokens')
        .select(['id', 'name', 'created_at as createdAt'])
        .where('kind', '=', 'service')
        .orderBy('created_at')
        .orderBy('id')
        .execute();
      const ended = transaction.deleteFrom('access_tokens');
      await (keepTokens ? ended.where('kind', '=', 'session') : ended).execute();
      return tokens.map(({ name, ...token }) => ({ ...token, name: name ?? '' }));
    }),
  );
}

async function withCopy<T>(file: string, use: (store: Kysely<Tables>) => Promise<T>): Promise<T> {
  const database = new SqliteDatabase(file, { fileMustExist: true });
  const store = new Kysely<Tables>({ dialect: new SqliteDialect({ database }) });
  try {
    return await use(store);
  } finally {
    await store.destroy();
  }
}

/** The packages in a copied store. @param move new paths of a package's files, which are stored */
export async function readPackages(
  file: string,
  move?: (paths: PackagePaths) => Partial<Omit<PackagePaths, 'id'>>,
): Promise<PackagePaths[]> {
  return withCopy(file, async (store) => {
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
  });
}
