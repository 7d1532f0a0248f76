import { mkdtemp, readdir, readFile, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { PackageRows, PackageStore } from '../../../src/packages/package-store.ts';
import { createObjectStore, type ObjectStore } from '../../../src/packages/s3/object-store.ts';
import { createS3Store } from '../../../src/packages/s3/s3-store.ts';
import type { StagedUpload } from '../../../src/packages/staged-upload.ts';
import type { StoredFile } from '../../../src/packages/stored-file.ts';
import { silentLog } from '../../helper/log.ts';
import { startObjectStore, type TestObjectStore } from '../../helper/object-store.ts';

const HOUR = 3_600_000;

let server: TestObjectStore;
let objects: ObjectStore;
let folder: string;
/** Hours that the clock of the store is ahead. */
let ahead: number;
beforeAll(async () => {
  server = await startObjectStore();
  objects = createObjectStore(server.location);
});
afterAll(async () => {
  objects.close();
  await server.close();
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'paperdesk-s3-'));
  ahead = 0;
});
afterEach(async () => {
  server.fault = () => undefined;
  for await (const { name } of objects.list()) await objects.remove(name);
  await rm(folder, { recursive: true, force: true });
});

/** A node with a cache of its own. */
function openNode(name = 'one', storeId = 'store-1'): Promise<PackageStore> {
  let ids = 0;
  return createS3Store({
    objects,
    storeId: async () => storeId,
    cache: { folder: join(folder, name), maxBytes: 10_000 },
    now: () => Date.now() + ahead * HOUR,
    newId: () => String(++ids),
    log: silentLog,
  });
}

async function* chunks(text: string) {
  yield Buffer.from(text);
}

async function stage(store: PackageStore, id: string): Promise<StagedUpload> {
  const staged = await store.stage(id);
  await staged.write('forecast_model.pt', chunks('forecaster'));
  await staged.write('ppo_policy.zip', chunks('policy'));
  return staged;
}

/** Does everything but inserting the row. @returns what the row would refer to */
async function add(store: PackageStore, staged: StagedUpload): Promise<StoredFile[]> {
  await store.send(staged);
  const locationOf = await store.place(staged, 'alpha');
  await store.confirm(staged, 'alpha');
  return [...staged.files].map(([name, file]) => ({ ...file, location: locationOf(name) }));
}

const rowsOf = (files: readonly StoredFile[]): PackageRows => ({
  ids: async () => new Set(['alpha']),
  files: async () => files,
  exclusively: (work) => work(new Set(['alpha'])),
});

/** All but the one that says whose they are. */
async function objectNames(): Promise<string[]> {
  const names = [];
  for await (const { name } of objects.list()) if (name !== 'paperdesk-store-id') names.push(name);
  return names;
}

const contents = (store: PackageStore, files: readonly StoredFile[]) =>
  store.withPaths(files, (paths) => Promise.all(paths.map((path) => readFile(path, 'utf8'))));

describe('packages in an object store', () => {
  test('are named by their hashes, and read by every node through its cache', async () => {
    const [one, two] = [await openNode('one'), await openNode('two')];
    const files = await add(one, await stage(one, 'upload-1'));
    expect(files[0]!.location).toBe(`s3:${files[0]!.sha256}/upload-1`);
    expect(await objectNames()).toEqual(files.map(({ sha256 }) => `${sha256}/upload-1`).sort());
    server.requests.length = 0;
    expect(await contents(one, files)).toEqual(['forecaster', 'policy']);
    expect(server.requests).toEqual([]);
    expect(await contents(two, files)).toEqual(['forecaster', 'policy']);
    expect(server.requests).toHaveLength(2);
    expect(await readdir(join(folder, 'one', '.staging'))).toEqual([]);
  });

  test('the default package is read from the program', async () => {
    const store = await openNode();
    const file = { name: 'scaler.json', size: 1, sha256: 'a', location: 'models/scaler.json' };
    expect((await contents(store, [file]))[0]).toContain('mean');
    expect(server.requests.some((line) => line.includes('scaler'))).toBe(false);
  });

  test('an upload that the store does not take leaves nothing that a row could refer to', async () => {
    const store = await openNode();
    const staged = await stage(store, 'upload-1');
    server.fault = ({ method }) => (method === 'PUT' ? 'unavailable' : undefined);
    await expect(add(store, staged)).rejects.toMatchObject({ code: 'PACKAGE_STORE_UNAVAILABLE' });
    await staged.discard();
    expect(await objectNames()).toEqual([]);
  });

  test('objects of an interrupted upload are deleted after a day, those of packages and of others never', async () => {
    const store = await openNode();
    const files = await add(store, await stage(store, 'upload-1'));
    await store.send(await stage(store, 'upload-2'));
    await objects.put('notes/mine.txt', chunks('mine'), 4);
    expect((await store.tidy(rowsOf(files))).removed).toEqual([]);
    ahead = 25;
    expect((await store.tidy(rowsOf(files))).removed).toEqual(
      files.map(({ sha256 }) => `${sha256}/upload-2`).sort(),
    );
    expect(await objectNames()).toEqual(
      [...files.map(({ sha256 }) => `${sha256}/upload-1`), 'notes/mine.txt'].sort(),
    );
  });

  test('below the prefix of another database nothing is stored, and nothing is deleted', async () => {
    const files = await add(await openNode(), await stage(await openNode(), 'upload-1'));
    const other = await openNode('two', 'store-2');
    const refusal = {
      code: 'STORE_UNUSABLE',
      message: expect.stringContaining('packages of another database'),
    };
    await expect(other.send(await stage(other, 'upload-2'))).rejects.toMatchObject(refusal);
    ahead = 25;
    await expect(other.tidy(rowsOf([]))).rejects.toMatchObject(refusal);
    expect(await objectNames()).toEqual(files.map(({ sha256 }) => `${sha256}/upload-1`).sort());
  });

  test('an upload that took longer than its objects are safe is refused', async () => {
    const store = await openNode();
    const staged = await stage(store, 'upload-1');
    await store.send(staged);
    ahead = 13;
    await expect(store.place(staged, 'alpha')).rejects.toMatchObject({
      code: 'PACKAGE_STORE_UNAVAILABLE',
      message: expect.stringContaining('more than 12 hours'),
    });
  });

  test('a deleted package loses its objects, at once or with the orphans', async () => {
    const store = await openNode();
    const files = await add(store, await stage(store, 'upload-1'));
    const other = await add(store, await stage(store, 'upload-2'));
    await store.remove('alpha', files);
    expect(await objectNames()).toEqual(other.map(({ sha256 }) => `${sha256}/upload-2`).sort());
    server.fault = () => 'unavailable';
    await store.remove('alpha', other);
    server.fault = () => undefined;
    ahead = 25;
    await store.tidy(rowsOf([]));
    expect(await objectNames()).toEqual([]);
  });

  test('uploads that a process left on this disk are removed after an hour', async () => {
    const store = await openNode();
    const staged = await stage(store, 'upload-1');
    expect((await store.tidy(rowsOf([]))).removed).toEqual([]);
    for (const name of ['forecast_model.pt', 'ppo_policy.zip', '.'])
      await utimes(join(staged.folder, name), 1, 1);
    expect((await store.tidy(rowsOf([]))).removed).toEqual(['upload-1']);
  });

  test.each([
    ['corrupt', 'PACKAGE_FILE_CORRUPT'],
    ['lose', 'PACKAGE_FILE_MISSING'],
    ['unavailable', 'PACKAGE_STORE_UNAVAILABLE'],
    ['cut', 'PACKAGE_STORE_UNAVAILABLE'],
  ] as const)('a store whose answers are %s: %s, until it works again', async (fault, code) => {
    const one = await openNode('one');
    const files = await add(one, await stage(one, 'upload-1'));
    const two = await openNode('two');
    server.fault = () => fault;
    await expect(contents(two, files)).rejects.toMatchObject({ code, status: 503 });
    expect(await contents(one, files)).toEqual(['forecaster', 'policy']);
    server.fault = () => undefined;
    expect(await contents(two, files)).toEqual(['forecaster', 'policy']);
  });
});
