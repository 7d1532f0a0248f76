import { Kysely } from 'kysely';
import { migrateSqlite } from '../../src/db/sqlite/migrate-sqlite.ts';
import { createSqliteDialect } from '../../src/db/sqlite/sqlite-dialect.ts';
import { SqliteDatabase } from '../../src/db/sqlite/sqlite-library.ts';
import type { Tables } from '../../src/db/tables.ts';

let content: Promise<Buffer> | undefined;

/** The content of an empty SQLite store with the latest schema. Migrations run once in a process: they take longer than most tests. */
export function emptySqliteStore(): Promise<Buffer> {
  content ??= migrate();
  return content;
}

async function migrate(): Promise<Buffer> {
  const sqlite = new SqliteDatabase(':memory:');
  await migrateSqlite(sqlite, new Kysely<Tables>({ dialect: createSqliteDialect(sqlite) }));
  const migrated = sqlite.serialize();
  sqlite.close();
  return migrated;
}
