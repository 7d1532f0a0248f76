import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import type { Database } from '../../../src/db/connection.ts';
import { openDatabase } from '../../../src/db/open-database.ts';
import { bumpRevision, createReadRevisions, type Topic } from '../../../src/db/revisions.ts';
import { openTestDatabase } from '../../helper/test-database.ts';

let database: Database;
beforeEach(async () => {
  database = await openTestDatabase();
});

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

test('a change of another process shows once it is committed, and not if it is rolled back', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'paperdesk-revisions-'));
  const [own, other] = [
    await openDatabase({ kind: 'sqlite', file: join(folder, 'store.sqlite') }),
    await openDatabase({ kind: 'sqlite', file: join(folder, 'store.sqlite') }),
  ];
  onTestFinished(async () => {
    await own.destroy();
    await other.destroy();
    await rm(folder, { recursive: true });
  });
  const read = createReadRevisions(own);
  const before = await read('packages');
  const undone = other.transaction().execute(async (db) => {
    await bumpRevision(db, 'packages');
    expect(await read('packages')).toBe(before);
    throw new Error('rolled back');
  });
  await expect(undone).rejects.toThrow('rolled back');
  expect(await read('packages')).toBe(before);
  await bumpRevision(other, 'packages');
  expect(await read('packages')).not.toBe(before);
});

test('a transaction that is not committed yet is not read, also by the same process', async () => {
  const read = createReadRevisions(database);
  const before = await read('packages');
  let during: Promise<string> | undefined;
  const undone = database.transaction().execute(async (db) => {
    await bumpRevision(db, 'packages');
    during = read('packages');
    throw new Error('rolled back');
  });
  await expect(undone).rejects.toThrow('rolled back');
  expect(await during).toBe(before);
});

test('concurrent callers each get the revisions of their own topics, also with NULs', async () => {
  const read = createReadRevisions(database);
  const topics: Topic[] = ['account:alpha', 'account:beta', 'account:\0', 'packages', 'replays'];
  for (const [index, topic] of topics.entries()) {
    for (let bump = 0; bump <= index; bump += 1) await bumpRevision(database, topic);
  }
  const each = topics.map((topic) => read(topic, 'account:*'));
  expect(await Promise.all(each)).toEqual(['1 6', '2 6', '3 6', '4 6', '5 6']);
});
