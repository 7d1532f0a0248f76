import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { SqliteDatabase } from '../../../src/db/sqlite/sqlite-library.ts';
import { migrateToTwoTables } from './two-tables.ts';

async function newStore(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'paperdesk-migrate-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'store.sqlite');
}

function migrate(file: string, pauseMs: number): { child: ChildProcess; ended: Promise<unknown> } {
  const child = fork(new URL('./migrating-process.ts', import.meta.url), [file, String(pauseMs)], {
    execArgv: ['--import', 'tsx'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, ended: once(child, 'exit').then(([code]) => code) };
}

function tablesOf(file: string): unknown[] {
  const store = new SqliteDatabase(file, { readonly: true });
  try {
    return store
      .prepare("select name from sqlite_master where name in ('first', 'second') order by name")
      .pluck()
      .all();
  } finally {
    store.close();
  }
}

test('a process killed in the middle of a migration leaves the schema as it was, and the next start goes on', async () => {
  const file = await newStore();
  const killed = migrate(file, 60_000);
  await once(killed.child, 'message');
  killed.child.kill('SIGKILL');
  await killed.ended;
  expect(tablesOf(file)).toEqual([]);

  await migrateToTwoTables(file);
  expect(tablesOf(file)).toEqual(['first', 'second']);
});

test('of two processes that open a new store together, one migrates and the other waits for it', async () => {
  const file = await newStore();
  const first = migrate(file, 1000);
  await once(first.child, 'message');
  await migrateToTwoTables(file);
  expect(await first.ended).toBe(0);
  expect(tablesOf(file)).toEqual(['first', 'second']);
});
