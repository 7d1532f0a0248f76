import pg, { type ClientConfig } from 'pg';

/** A query that takes longer, or a connection that does not answer, is given up. */
const QUERY_LIMIT_MS = 30_000;
const CONNECT_LIMIT_MS = 5000;
/**
 * A node that is paused in a transaction must not keep its locks: PostgreSQL ends its connection after this time. The
 * service computes nothing in transactions, so none is idle for long.
 */
const IDLE_IN_TRANSACTION_LIMIT_MS = 4000;
const LOCK_LIMIT_MS = 10_000;

const BIGINT: number = pg.types.builtins.INT8;
const NUMERIC: number = pg.types.builtins.NUMERIC;

/** Settings of every connection to PostgreSQL at `url`. */
export function connectionSettings(url: string): ClientConfig {
  return {
    connectionString: url,
    application_name: 'paperdesk',
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
    query_timeout: QUERY_LIMIT_MS,
    statement_timeout: QUERY_LIMIT_MS,
    lock_timeout: LOCK_LIMIT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_LIMIT_MS,
    types: { getTypeParser },
  };
}

/** Bigints of the store are times and counters below 2^53; pg returns them as text by default. */
function getTypeParser(...[type, format]: Parameters<typeof pg.types.getTypeParser>) {
  if (type === BIGINT || type === NUMERIC) return Number;
  return pg.types.getTypeParser(type, format);
}
