/** Why a database refused a statement or did not answer. */
export type DatabaseFault =
  /** A concurrent transaction prevents this one, which may be repeated. */
  | 'conflict'
  /** Others hold the database for too long, or it has no connection left. */
  | 'busy'
  | 'disk full'
  /** It cannot be written: read-only, or its disk fails. */
  | 'read-only'
  /** There is no connection to it, or it broke. */
  | 'lost';

const SQLITE: readonly (readonly [RegExp, DatabaseFault])[] = [
  [/^SQLITE_FULL/, 'disk full'],
  [/^SQLITE_BUSY/, 'busy'],
  [/^SQLITE_(READONLY|IOERR|CANTOPEN)/, 'read-only'],
];

/** By SQLSTATE, or the beginning of one (PostgreSQL's appendix A). */
const POSTGRES: readonly (readonly [RegExp, DatabaseFault])[] = [
  // 0A000: a statement that was prepared before another node changed the schema.
  [/^(40001|40P01|0A000)$/, 'conflict'],
  [/^(53100|53400)$/, 'disk full'],
  [/^(25006|58030)$/, 'read-only'],
  [/^(53300|55P03|57014)$/, 'busy'],
  [/^(08...|57P0[1-5]|25P03)$/, 'lost'],
];

/** Codes of Node for connections. */
const NETWORK =
  /^(ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/;

/** pg has no codes for these. */
const BROKEN_CONNECTION =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Query read timeout|Client was closed)/;

/** The fault that an error of the database means; undefined for any other error. */
export function databaseFault(error: unknown): DatabaseFault | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = String((error as NodeJS.ErrnoException).code ?? '');
  const known = [...SQLITE, ...POSTGRES].find(([pattern]) => pattern.test(code));
  if (known !== undefined) return known[1];
  return NETWORK.test(code) || BROKEN_CONNECTION.test(error.message) ? 'lost' : undefined;
}
