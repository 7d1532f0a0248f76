import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../../src/db/connection.ts';
import { bumpRevision, createReadRevisions } from '../../../src/db/revisions.ts';

let database: Database;
beforeEach(async () => {
  database = await openDatabase(':memory:');
});
afterEach(() => database.destroy());

test('the text changes with a topic that it names, and with no other', async () => {
  const read = createReadRevisions(database);
  const revisions = () => read('account:alpha', 'packages');
  const before = await revisions();
  await bumpRevision(database, 'account:alphabet');
  await bumpRevision(database, 'market:BTCUSDT');
  expect(await revisions()).toBe(before);
  await bumpRevision(database, 'account:alpha');
  const after = await revisions();
  expect(after).not.toBe(before);
  await bumpRevision(database, 'packages');
  expect(await revisions()).not.toBe(after);
});

test('a prefix names all topics that begin with it', async () => {
  const read = createReadRevisions(database);
  const before = await read('account:*');
  await bumpRevision(database, 'market:BTCUSDT');
  expect(await read('account:*')).toBe(before);
  await bumpRevision(database, 'account:zeta');
  expect(await read('account:*')).not.toBe(before);
});

test('a transaction that is rolled back leaves revisions as they were', async () => {
  const read = createReadRevisions(database);
  const before = await read('packages');
  const transaction = database.transaction().execute(async (db) => {
    await bumpRevision(db, 'packages');
    throw new Error('rolled back');
  });
  await expect(transaction).rejects.toThrow('rolled back');
  expect(await read('packages')).toBe(before);
});
