import { Kysely } from 'kysely';
import pg from 'pg';
import type { Database, OpenOptions } from '../connection.ts';
import { migrateToLatest, requireStore } from '../migrations.ts';
import type { Tables } from '../tables.ts';
import { closeWhenSilent } from './close-when-silent.ts';
import { connectionSettings, poolSettings } from './connection-settings.ts';
import { createPostgresDialect } from './postgres-dialect.ts';

const DEFAULT_CONNECTIONS = 10;

/**
 * Connections to PostgreSQL at `url`, which open when they are needed.
 * @param limitMs a query that takes longer is given up; 30 s by default
 */
export function createPool(url: string, connections: number, limitMs?: number): pg.Pool {
  const pool = new pg.Pool(poolSettings(url, connections, limitMs));
  // A connection that breaks while no query uses it is replaced, in the pool or in a transaction; without listeners its error
  // would end the process.
  pool.on('error', () => {}).on('connect', (client) => client.on('error', () => {}));
  return pool.on('connect', closeWhenSilent);
}

/** Opens a pool of connections to PostgreSQL at `url`, whose schema is the latest; see `createPool`. */
export function connectPostgres(url: string, connections: number, limitMs?: number): Database {
  return new Kysely<Tables>({ dialect: createPostgresDialect(createPool(url, connections, limitMs)) });
}

/** Opens a pool of connections to PostgreSQL at `url` and migrates the schema. */
export async function openPostgres(
  url: string,
  { connections = DEFAULT_CONNECTIONS, existing = false }: OpenOptions,
): Promise<Database> {
  await migrate(url, existing);
  return connectPostgres(url, connections);
}

/** Migrates on connections of its own, without limits: migrations of large tables take long, and load files in between. */
async function migrate(url: string, existing: boolean): Promise<void> {
  const unlimited = { query_timeout: 0, statement_timeout: 0, lock_timeout: 0 };
  const settings = { ...connectionSettings(url), ...unlimited, idle_in_transaction_session_timeout: 0 };
  const database = new Kysely<Tables>({
    dialect: createPostgresDialect(new pg.Pool({ ...settings, max: 2 })),
  });
  try {
    if (existing) await requireStore(database);
    await migrateToLatest(database);
  } finally {
    await database.destroy();
  }
}
