import { Kysely, sql } from 'kysely';
import { expect, test } from 'vitest';
import { createSqliteDialect } from '../../../../src/db/sqlite/sqlite-dialect.ts';
import { SqliteDatabase } from '../../../../src/db/sqlite/sqlite-library.ts';

test('a transaction that SQLite itself rolled back fails with the original error, and the next one works', async () => {
  const sqlite = new SqliteDatabase(':memory:');
  const store = new Kysely<unknown>({ dialect: createSqliteDialect(sqlite) });
  await sql`create table things (name text)`.execute(store);
  const failed = store.transaction().execute(async (transaction) => {
    await sql`insert into things values ('lost')`.execute(transaction);
    // As SQLite does it on a full disk.
    sqlite.exec('rollback');
    throw new Error('database or disk is full');
  });
  await expect(failed).rejects.toThrow('database or disk is full');
  await store
    .transaction()
    .execute((transaction) => sql`insert into things values ('kept')`.execute(transaction));
  expect((await sql`select name from things`.execute(store)).rows).toEqual([{ name: 'kept' }]);

  const refused = store.transaction().execute(async (transaction) => {
    await sql`insert into things values ('undone')`.execute(transaction);
    throw new Error('no');
  });
  await expect(refused).rejects.toThrow('no');
  expect((await sql`select name from things`.execute(store)).rows).toEqual([{ name: 'kept' }]);
  await store.destroy();
});
