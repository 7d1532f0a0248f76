import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createObjectStore } from '../../../src/packages/s3/object-store.ts';
import { createS3Store } from '../../../src/packages/s3/s3-store.ts';
import { silentLog } from '../../helper/log.ts';
import { startObjectStore, type TestObjectStore } from '../../helper/object-store.ts';
import { prepareService, type RestartableService } from '../../helper/restartable-service.ts';
import { packageForm } from '../../helper/upload.ts';
import { waitUntil } from '../../helper/wait.ts';

/** The object with the id of the store. */
const OWNER = 'paperdesk-store-id';

let store: TestObjectStore;
let service: RestartableService;
let cache: string;
beforeEach(async () => {
  [store, service] = [await startObjectStore(), await prepareService()];
  cache = await mkdtemp(join(tmpdir(), 'paperdesk-cache-'));
});
afterEach(async () => {
  await service.remove();
  await store.close();
  await rm(cache, { recursive: true, force: true });
});

test('kill -9 between the last object and the row leaves no package, and objects that are collected', async () => {
  const env = { ...store.env, PACKAGE_CACHE_DIR: cache };
  const { url, end } = await service.start(env);
  const isLast = () => putsOf(store.requests).length === 3;
  store.fault = () => (isLast() ? 'withhold' : undefined);
  const body = await packageForm('lost');
  const sent = fetch(`${url}/model-packages/upload`, { method: 'POST', body }).catch(() => 'disconnected');
  await waitUntil('the last file is being sent', isLast);
  const objects = createObjectStore(store.location);
  const names = async () => {
    const listed = [];
    for await (const { name } of objects.list()) if (name !== OWNER) listed.push(name);
    return listed;
  };
  store.fault = () => undefined;
  await waitUntil('all objects are there', async () => (await names()).length === 3);
  await end('SIGKILL');
  expect(await sent).toBe('disconnected');

  const again = await service.start(env);
  const ids = async () =>
    ((await (await fetch(`${again.url}/model-packages`)).json()) as { id: string }[]).map(({ id }) => id);
  expect(await ids()).toEqual(['ppo_v1']);
  const created = await fetch(`${again.url}/model-packages/upload`, {
    method: 'POST',
    body: await packageForm('lost'),
  });
  expect(created.status).toBe(201);
  const { files } = (await created.json()) as { files: { name: string; size: number; sha256: string }[] };
  expect(await ids()).toContain('lost');

  const tomorrow = await createS3Store({
    ...{
      objects,
      cache: { folder: join(cache, 'other'), maxBytes: 1 },
      storeId: async () => text(await objects.get(OWNER)),
      newId: () => 'other',
      log: silentLog,
    },
    now: () => Date.now() + 25 * 3_600_000,
  });
  const kept = (await names()).filter((name) => !name.endsWith(uploadOf(store.requests)));
  await tomorrow.tidy({
    ids: async () => new Set(['lost']),
    files: async () => kept.map((name, index) => ({ ...files[index]!, location: `s3:${name}` })),
    exclusively: (work) => work(new Set(['lost'])),
  });
  expect(await names()).toEqual(kept);
  expect(await readdir(join(cache, '.partial'))).toEqual([]);
  objects.close();
});

/** The requests that store files of packages. */
function putsOf(requests: readonly string[]): string[] {
  return requests.filter((line) => line.startsWith('PUT') && !line.includes(OWNER));
}

/** The id of the first upload. */
function uploadOf(requests: readonly string[]): string {
  return /^PUT .*\/([^/?]+)\?/.exec(putsOf(requests)[0]!)![1]!;
}
