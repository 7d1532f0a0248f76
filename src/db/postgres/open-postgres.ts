import { Kysely } from 'kysely';
import pg from 'pg';
import type { Database, OpenOptions } from '../connection.ts';
import { migrateToLatest } from '../migrations.ts';
import type { Tables } from '../tables.ts';
import { connectionSettings } from './connection-settings.ts';
import { createPostgresDialect } from './postgres-dialect.ts';

const DEFAULT_CONNECTIONS = 10;

/** Connections to PostgreSQL at `url`, which open when they are needed. */
export function createPool(url: string, connections: number): pg.Pool {
  const pool = new pg.Pool({ ...connectionSettings(url), max: connections });
  // A connection that breaks while no query uses it is replaced, in the pool or in a transaction; without listeners its error
  // would end the process.
  return pool.on('error', () => {}).on('connect', (client) => client.on('error', () => {}));
}

/** Opens a pool of connections to PostgreSQL at `url` and migrates the schema. */
export async function openPostgres(url: string, { connections = DEFAULT_CONNECTIONS }: OpenOptions) {
  const database: Database = new Kysely<Tables>({
    dialect: createPostgresDialect(createPool(url, connections)),
  });
  try {
    await migrateToLatest(database);
    return database;
  } catch (error) {
    await database.destroy();
    throw error;
  }
}
