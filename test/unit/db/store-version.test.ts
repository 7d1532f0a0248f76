import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../../src/db/connection.ts';
import { createStoreVersion, type StoreVersion } from '../../../src/db/store-version.ts';

let folder: string;
let database: Database;
let other: SqliteDatabase.Database;
let version: StoreVersion;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'paperdesk-version-'));
  database = await openDatabase(join(folder, 'store.sqlite'));
  await sql`create table things (name text)`.execute(database);
  await sql`insert into things values ('first')`.execute(database);
  other = new SqliteDatabase(join(folder, 'store.sqlite'));
  version = createStoreVersion(database);
});
afterEach(async () => {
  await database.destroy();
  other.close();
  await rm(folder, { recursive: true });
});

describe('the version of the store', () => {
  test.each<[string, () => unknown]>([
    ['an insert', () => sql`insert into things values ('second')`.execute(database)],
    ['an update to the same', () => sql`update things set name = name`.execute(database)],
    ['a delete of everything', () => sql`delete from things`.execute(database)],
    [
      'a transaction',
      () =>
        database
          .transaction()
          .execute((transaction) => sql`insert into things values ('second')`.execute(transaction)),
    ],
    ['a write of another connection', () => other.exec(`insert into things values ('second')`)],
    ['a change of the schema by another connection', () => other.exec('create table more (id)')],
  ])('is another one after %s', async (_, write) => {
    const before = await version();
    await write();
    const after = await version();
    expect(after).not.toBe(before);
    expect(await version()).toBe(after);
  });

  test.each<[string, () => unknown]>([
    ['a read', () => sql`select * from things`.execute(database)],
    ['a read of another connection', () => other.prepare('select * from things').all()],
    ['a write that met no row', () => sql`delete from things where name = 'none'`.execute(database)],
    [
      'a write of another connection that was taken back',
      () => {
        other.exec('begin');
        other.exec(`insert into things values ('undone')`);
        other.exec('rollback');
      },
    ],
  ])('stays after %s', async (_, work) => {
    const before = await version();
    await work();
    expect(await version()).toBe(before);
  });

  test('is another one only when the other connection commits', async () => {
    const before = await version();
    other.exec('begin');
    other.exec(`insert into things values ('second')`);
    expect(await version()).toBe(before);
    other.exec('commit');
    expect(await version()).not.toBe(before);
  });

  test('is never told from within a transaction that may be taken back', async () => {
    let during: Promise<string> | undefined;
    const undone = database.transaction().execute(async (transaction) => {
      await sql`insert into things values ('undone')`.execute(transaction);
      during = version();
      throw new Error('no');
    });
    await expect(undone).rejects.toThrow('no');
    const after = await version();
    expect(await during).toBe(after);
    // The same number of writes, kept this time, is another version.
    await sql`insert into things values ('second')`.execute(database);
    expect(await version()).not.toBe(after);
  });
});
