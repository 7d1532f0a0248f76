import type { Kysely } from 'kysely';

/** Whether a store is PostgreSQL; otherwise it is SQLite. */
// biome-ignore lint/suspicious/noExplicitAny: a store with any tables
export function isPostgres(database: Kysely<any>): boolean {
  // Of the two engines only PostgreSQL has it, in Kysely's view. Programs may hold several copies of Kysely's classes.
  return database.getExecutor().adapter.supportsTransactionalDdl;
}
