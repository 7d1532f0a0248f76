import { setTimeout as delay } from 'node:timers/promises';
import { Kysely, SqliteDialect } from 'kysely';
import { migrateSqlite } from '../../../src/db/sqlite/migrate-sqlite.ts';
import { SqliteDatabase } from '../../../src/db/sqlite/sqlite-library.ts';

// Migrates the store given to a schema of two tables, tells when the first one is there, and then takes its time.
const [file, pauseMs] = process.argv.slice(2) as [string, string];
const sqlite = new SqliteDatabase(file, { timeout: 5000 });
sqlite.pragma('journal_mode = WAL');
const database = new Kysely<unknown>({ dialect: new SqliteDialect({ database: sqlite }) });
await migrateSqlite(sqlite, database, {
  getMigrations: async () => ({
    '0001_two_tables': {
      up: async (db) => {
        await db.schema.createTable('first').addColumn('id', 'integer').execute();
        process.send?.('half-way');
        await delay(Number(pauseMs));
        await db.schema.createTable('second').addColumn('id', 'integer').execute();
      },
    },
  }),
});
await database.destroy();
process.disconnect();
