import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';

export type Database = Kysely<Tables>;

/** Where packages, candles and everything else are stored. */
export type StoreLocation =
  | { readonly kind: 'sqlite'; readonly file: string }
  | { readonly kind: 'postgres'; readonly url: string };

export interface OpenOptions {
  /** Locks out every other process; throws SQLITE_BUSY when one has the store open. Only for SQLite. */
  readonly alone?: boolean;
  /** There must be a store already; throws STORE_UNUSABLE, and creates nothing, when there is none. */
  readonly existing?: boolean;
  /** Connections to PostgreSQL that may be open at the same time. */
  readonly connections?: number;
}
