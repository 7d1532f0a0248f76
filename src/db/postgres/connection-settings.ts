import pg, { type ClientConfig, type PoolConfig } from 'pg';

const QUERY_LIMIT_MS = 30_000;
const CONNECT_LIMIT_MS = 5000;
/**
 * A node that is paused in a transaction must not keep its locks: PostgreSQL ends its connection after this time. The
 * service computes nothing in transactions, so none is idle for long.
 */
const IDLE_IN_TRANSACTION_LIMIT_MS = 8000;
const LOCK_LIMIT_MS = 10_000;
/** A connection that loops use every minute stays open, with its prepared statements. */
const IDLE_LIMIT_MS = 5 * 60_000;
/** Firewalls forget connections without traffic. */
const KEEP_ALIVE_MS = 30_000;

const BIGINT: number = pg.types.builtins.INT8;
const NUMERIC: number = pg.types.builtins.NUMERIC;

/**
 * Settings of every connection to PostgreSQL at `url`.
 * @param limitMs a query that takes longer, or a connection that does not answer, is given up
 */
export function connectionSettings(url: string, limitMs = QUERY_LIMIT_MS): ClientConfig {
  return {
    connectionString: url,
    application_name: 'paperdesk',
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    connectionTimeoutMillis: Math.min(limitMs, CONNECT_LIMIT_MS),
    query_timeout: limitMs,
    statement_timeout: limitMs,
    lock_timeout: Math.min(limitMs, LOCK_LIMIT_MS),
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_LIMIT_MS,
    types: { getTypeParser },
  };
}

/** Settings of a pool of such connections. */
export function poolSettings(url: string, connections: number, limitMs?: number): PoolConfig {
  return { ...connectionSettings(url, limitMs), max: connections, idleTimeoutMillis: IDLE_LIMIT_MS };
}

/** Bigints of the store are times and counters below 2^53; pg returns them as text by default. */
function getTypeParser(...[type, format]: Parameters<typeof pg.types.getTypeParser>) {
  if (type === BIGINT || type === NUMERIC) return Number;
  return pg.types.getTypeParser(type, format);
}
