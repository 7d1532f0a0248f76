import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kysely, sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import type { Database } from '../../../../src/db/connection.ts';
import { createSqliteDialect } from '../../../../src/db/sqlite/sqlite-dialect.ts';
import { SqliteDatabase } from '../../../../src/db/sqlite/sqlite-library.ts';
import type { Tables } from '../../../../src/db/tables.ts';
import { inTransaction } from '../../../../src/db/transaction.ts';

/** A store with one table of numbers; `commits` counts the transactions that were written. */
async function openNumbers() {
  const folder = await mkdtemp(join(tmpdir(), 'paperdesk-groups-'));
  const file = join(folder, 'numbers.sqlite');
  const statements: string[] = [];
  const sqlite = new SqliteDatabase(file, { verbose: (text) => void statements.push(String(text)) });
  sqlite.pragma('journal_mode = WAL');
  sqlite.exec('create table numbers (value integer primary key)');
  const database = new Kysely<Tables>({ dialect: createSqliteDialect(sqlite) });
  onTestFinished(async () => {
    await database.destroy();
    await rm(folder, { recursive: true });
  });
  const insert = (value: number) => (transaction: Database) =>
    sql`insert into numbers values (${value})`.execute(transaction);
  /** What another program sees, so only what is committed. */
  const stored = () => {
    const other = new SqliteDatabase(file, { readonly: true });
    const values = other.prepare<[], number>('select value from numbers order by value').pluck().all();
    other.close();
    return values;
  };
  const commits = () => statements.filter((text) => text === 'commit').length;
  return { database, insert, stored, commits };
}

test('transactions that wait together have one commit, and each is stored when it is done', async () => {
  const { database, insert, stored, commits } = await openNumbers();
  const seen = Array.from({ length: 20 }, async (_, value) => {
    await inTransaction(database, insert(value));
    return stored().includes(value);
  });
  expect(await Promise.all(seen)).toEqual(seen.map(() => true));
  expect(commits()).toBeLessThanOrEqual(2);
  await inTransaction(database, insert(20));
  expect(stored()).toHaveLength(21);
});

test('what fails is undone and fails alone; what comes after it is stored', async () => {
  const { database, insert, stored } = await openNumbers();
  const results = await Promise.allSettled(
    [1, 2, 3, 4].map((value) =>
      inTransaction(database, async (transaction) => {
        await insert(value)(transaction);
        if (value === 2) throw new Error('not this one');
        // The value of 3 is there already.
        if (value === 3) await insert(1)(transaction);
        return value;
      }),
    ),
  );
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
  expect(results[1]).toMatchObject({ reason: { message: 'not this one' } });
  expect(results[2]).toMatchObject({ reason: { code: 'SQLITE_CONSTRAINT_PRIMARYKEY' } });
  expect(stored()).toEqual([1, 4]);
});

test('work in a transaction may use inTransaction again, and reads wait for the commit', async () => {
  const { database, insert, stored } = await openNumbers();
  const write = inTransaction(database, async (transaction) => {
    await insert(1)(transaction);
    await inTransaction(transaction, insert(2));
  });
  const { rows } = await sql<{ value: number }>`select value from numbers`.execute(database);
  await write;
  expect(rows.length === 0 || rows.length === 2).toBe(true);
  expect(stored()).toEqual([1, 2]);
});

test('a commit that fails fails for all of its group', async () => {
  const { database, insert, stored } = await openNumbers();
  await sql`pragma foreign_keys = on`.execute(database);
  await sql`create table child (parent integer references numbers deferrable initially deferred)`.execute(
    database,
  );
  const results = await Promise.allSettled([
    inTransaction(database, insert(1)),
    // A deferred reference to nothing is noticed by the commit.
    inTransaction(database, (transaction) => sql`insert into child values (99)`.execute(transaction)),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(stored()).toEqual([]);
  await inTransaction(database, insert(2));
  expect(stored()).toEqual([2]);
});
