import type { Database, OpenOptions, StoreLocation } from './connection.ts';

/**
 * Opens the store and migrates its schema. The caller closes it with `destroy()`. Only the engine of `location` is loaded.
 * @throws when the store cannot be opened or a migration fails
 */
export async function openDatabase(location: StoreLocation, options: OpenOptions = {}): Promise<Database> {
  if (location.kind === 'sqlite') {
    const { openSqlite } = await import('./sqlite/open-sqlite.ts');
    return openSqlite(location.file, options);
  }
  const { openPostgres } = await import('./postgres/open-postgres.ts');
  return openPostgres(location.url, options);
}
