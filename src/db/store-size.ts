import { sql } from 'kysely';
import type { Database } from './connection.ts';
import { isPostgres } from './engine.ts';

/** Bytes that a store takes, without those that SQLite keeps for later use. */
export async function storeBytes(database: Database): Promise<number> {
  const query = isPostgres(database)
    ? sql<{ bytes: number | string }>`select pg_database_size(current_database()) as bytes`
    : sql<{ bytes: number }>`
        select (page_count - freelist_count) * page_size as bytes
        from pragma_page_count(), pragma_freelist_count(), pragma_page_size()`;
  return Number((await query.execute(database)).rows[0]!.bytes);
}
