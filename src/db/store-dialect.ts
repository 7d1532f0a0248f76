import type { Database as SqliteDatabase } from 'better-sqlite3';
import { type Driver, SqliteDialect } from 'kysely';
import { withRowObjects } from './row-objects.ts';

/**
 * How Kysely speaks to an open store. Where the disk is full or fails, SQLite rolls a transaction back by itself; what
 * is told then is that, and not that there is nothing to roll back any more.
 */
export function storeDialect(sqlite: SqliteDatabase): SqliteDialect {
  const dialect = new SqliteDialect({ database: withRowObjects(sqlite) });
  const createDriver = dialect.createDriver.bind(dialect);
  return Object.assign(dialect, { createDriver: () => withPatientRollback(createDriver(), sqlite) });
}

function withPatientRollback(driver: Driver, sqlite: SqliteDatabase): Driver {
  const rollback = driver.rollbackTransaction.bind(driver);
  return Object.assign(driver, {
    async rollbackTransaction(connection: Parameters<typeof rollback>[0]) {
      if (sqlite.inTransaction) await rollback(connection);
    },
  });
}
