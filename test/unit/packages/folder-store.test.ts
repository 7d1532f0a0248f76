// promise: docs/operations.md "models/packages/.staging"

import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createFolderStore } from '../../../src/packages/folder-store.ts';
import type { PackageStore } from '../../../src/packages/package-store.ts';

let root: string;
let folders: PackageStore;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'paperdesk-folders-'));
  folders = createFolderStore(root);
  await tidy([]);
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** Removes leftovers where these packages are registered. */
const tidy = (ids: readonly string[], store = folders) =>
  store.tidy({
    ids: async () => new Set(ids),
    files: async () => [],
    exclusively: (work) => work(new Set(ids)),
  });

async function* chunks(...texts: string[]) {
  for (const text of texts) yield new TextEncoder().encode(text);
}

async function stagedUpload() {
  const staged = await folders.stage('upload-1');
  await staged.write('forecast_model.pt', chunks('abc', 'def'));
  return staged;
}

describe('package folders', () => {
  test('writes chunks in order and returns size and hash', async () => {
    const staged = await stagedUpload();
    expect(await readFile(join(staged.folder, 'forecast_model.pt'), 'utf8')).toBe('abcdef');
    expect(staged.files.get('forecast_model.pt')).toEqual({
      name: 'forecast_model.pt',
      size: 6,
      sha256: 'bef57ec7f53a6d40beb640a780a639c83bc29ac8a9816f1fc6c5c6dcd93c4721',
    });
  });

  test('writes and hashes a file of many batches', async () => {
    const staged = await folders.stage('upload-1');
    const parts = Array.from({ length: 130 }, (_, i) => new Uint8Array(64_000 + i).fill(i));
    const file = await staged.write('forecast_model.pt', Readable.from(parts));
    await staged.sync();
    const whole = Buffer.concat(parts);
    expect((await readFile(join(staged.folder, 'forecast_model.pt'))).equals(whole)).toBe(true);
    expect(file).toMatchObject({
      size: whole.length,
      sha256: createHash('sha256').update(whole).digest('hex'),
    });
  });

  test('fails with the error of the chunks and closes the file', async () => {
    const staged = await folders.stage('upload-1');
    const broken = async function* () {
      for (let i = 0; i < 100; i++) yield new Uint8Array(100_000);
      throw new Error('the client disconnected');
    };
    await expect(staged.write('forecast_model.pt', broken())).rejects.toThrow('the client disconnected');
    expect(staged.files.size).toBe(0);
    await staged.discard();
    expect(await readdir(join(root, '.staging'))).toEqual([]);
  });

  test('an upload takes its id only once it is placed, and from others only', async () => {
    const staged = await stagedUpload();
    const other = await folders.stage('upload-2');
    expect([...(await folders.takenIds(other))]).toEqual([]);
    await folders.place(staged, 'alpha');
    expect([...(await folders.takenIds(other))]).toEqual(['alpha']);
    expect([...(await folders.takenIds(staged))]).toEqual([]);
  });

  test('places an upload again, under the same or another id, when its transaction is repeated', async () => {
    const staged = await stagedUpload();
    await folders.place(staged, 'alpha');
    await folders.place(staged, 'alpha');
    const locationOf = await folders.place(staged, 'alpha_2');
    expect(await readdir(root)).toEqual(['.staging', 'alpha_2']);
    expect(locationOf('forecast_model.pt')).toMatch(/\/alpha_2\/forecast_model\.pt$/);
  });

  test('a discard after placing removes nothing', async () => {
    const staged = await stagedUpload();
    await folders.place(staged, 'alpha');
    await staged.discard();
    expect(await readdir(join(root, 'alpha'))).toContain('forecast_model.pt');
  });
});

describe('removing leftovers', () => {
  test('removes unfinished uploads', async () => {
    await stagedUpload();
    expect(await tidy([])).toEqual({
      removed: ['.staging/upload-1'],
      unknown: [],
    });
    expect(await readdir(join(root, '.staging'))).toEqual([]);
  });

  test('removes a folder whose row was never committed', async () => {
    await folders.place(await stagedUpload(), 'alpha');
    expect(await tidy([])).toEqual({ removed: ['alpha'], unknown: [] });
    expect(await readdir(root)).toEqual(['.staging']);
  });

  test('confirms a folder whose row was committed just before the crash', async () => {
    await folders.place(await stagedUpload(), 'alpha');
    await tidy(['alpha']);
    expect(await readdir(join(root, 'alpha'))).toEqual(['forecast_model.pt']);
  });

  test('removes a folder whose deletion was interrupted after the row was deleted', async () => {
    const staged = await stagedUpload();
    await folders.place(staged, 'alpha');
    await folders.confirm(staged, 'alpha');
    await folders.markForRemoval('alpha');
    await tidy([]);
    expect(await readdir(root)).toEqual(['.staging']);
  });

  test('leaves a folder whose deletion was interrupted before the row was deleted', async () => {
    const staged = await stagedUpload();
    await folders.place(staged, 'alpha');
    await folders.confirm(staged, 'alpha');
    await folders.markForRemoval('alpha');
    await tidy(['alpha']);
    expect(await readdir(join(root, 'alpha'))).toEqual(['forecast_model.pt']);
  });

  test('leaves an unknown folder alone and names it', async () => {
    await mkdir(join(root, 'mine'));
    await writeFile(join(root, 'mine', 'thesis.txt'), 'years of work');
    expect(await tidy([])).toEqual({ removed: [], unknown: ['mine'] });
    expect(await readdir(join(root, 'mine'))).toEqual(['thesis.txt']);
  });

  test('in a shared folder, leaves uploads of other nodes alone until nothing was written to them for an hour', async () => {
    const shared = createFolderStore(root, true);
    const staged = await stagedUpload();
    expect((await tidy([], shared)).removed).toEqual([]);
    const twoHoursAgo = Date.now() / 1000 - 7200;
    for (const path of [join(staged.folder, 'forecast_model.pt'), staged.folder])
      await utimes(path, twoHoursAgo, twoHoursAgo);
    expect((await tidy([], shared)).removed).toEqual(['.staging/upload-1']);
    expect(await readdir(join(root, '.staging'))).toEqual([]);
  });

  test('decides about a marked folder only while no row can be inserted', async () => {
    const staged = await stagedUpload();
    await folders.place(staged, 'alpha');
    // Another node registers the package before this one gets the lock.
    const tidied = await folders.tidy({
      ids: async () => new Set(['alpha']),
      files: async () => [],
      exclusively: (work) => work(new Set(['alpha'])),
    });
    expect(tidied).toEqual({ removed: [], unknown: [] });
    expect(await readdir(join(root, 'alpha'))).toEqual(['forecast_model.pt']);
  });
});
