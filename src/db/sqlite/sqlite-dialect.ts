import { type Driver, SqliteDialect } from 'kysely';
import { withRowObjects } from './row-objects.ts';
import type { SqliteConnection } from './sqlite-library.ts';
import { withStatementCache } from './statement-cache.ts';

/** Kysely's dialect for an open store. */
export function createSqliteDialect(sqlite: SqliteConnection): SqliteDialect {
  const dialect = new SqliteDialect({ database: withStatementCache(withRowObjects(sqlite)) });
  const createDriver = dialect.createDriver.bind(dialect);
  return Object.assign(dialect, { createDriver: () => withSafeRollback(createDriver(), sqlite) });
}

/**
 * On a full or failing disk SQLite itself rolls a transaction back. A second rollback would fail, and its error would
 * hide the cause.
 */
function withSafeRollback(driver: Driver, sqlite: SqliteConnection): Driver {
  const rollback = driver.rollbackTransaction.bind(driver);
  return Object.assign(driver, {
    async rollbackTransaction(connection: Parameters<typeof rollback>[0]) {
      if (sqlite.inTransaction) await rollback(connection);
    },
  });
}
