import { sql } from 'kysely';
import type { Database } from './connection.ts';

/**
 * Tells what state the store is in: two answers are the same only if nothing was written between them, by this process
 * or by another. What is kept in memory under one of them is what is stored.
 */
export type StoreVersion = () => Promise<string>;

/** @param database the only connection of this process to the store */
export function createStoreVersion(database: Database): StoreVersion {
  // SQLite's own counts: of the rows that this connection wrote, and of what others committed.
  const query = sql<{ own: number; others: number }>`
    select total_changes() as own, data_version as others from pragma_data_version
  `.compile(database);
  return async () => {
    const { rows } = await database.executeQuery(query);
    return `${rows[0]?.own} ${rows[0]?.others}`;
  };
}
