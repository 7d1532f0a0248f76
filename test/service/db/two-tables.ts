import { setTimeout as delay } from 'node:timers/promises';
import { Kysely, SqliteDialect } from 'kysely';
import { migrateSqlite } from '../../../src/db/sqlite/migrate-sqlite.ts';
import { SqliteDatabase } from '../../../src/db/sqlite/sqlite-library.ts';

/**
 * Migrates a store to a schema of two tables.
 * @param onFirst called when the first table is there
 * @param pauseMs from then to the second one
 */
export async function migrateToTwoTables(file: string, onFirst = () => {}, pauseMs = 0): Promise<void> {
  const sqlite = new SqliteDatabase(file, { timeout: 5000 });
  sqlite.pragma('journal_mode = WAL');
  const database = new Kysely<unknown>({ dialect: new SqliteDialect({ database: sqlite }) });
  await migrateSqlite(sqlite, database, {
    getMigrations: async () => ({
      '0001_two_tables': {
        up: async (db) => {
          await db.schema.createTable('first').addColumn('id', 'integer').execute();
          onFirst();
          await delay(pauseMs);
          await db.schema.createTable('second').addColumn('id', 'integer').execute();
        },
      },
    }),
  });
  await database.destroy();
}
