// promise: docs/operations.md "the object store fails"
// promise: docs/operations.md "the cache of a node is lost"

import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startObjectStore, type TestObjectStore } from '../../helper/object-store.ts';
import { startTestService, type TestService } from '../../helper/service.ts';
import { packageParts, upload, warmedUp } from '../../helper/upload.ts';

let store: TestObjectStore;
let folder: string;
let one: TestService;
const services: TestService[] = [];
beforeAll(async () => {
  store = await startObjectStore();
  folder = await mkdtemp(join(tmpdir(), 'paperdesk-nodes-'));
  one = await startNode('one');
});
afterEach(() => {
  store.fault = () => undefined;
});
afterAll(async () => {
  for (const service of services.splice(0).reverse()) await service.close();
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

const cacheOf = (name: string) => join(folder, name);

/** A node with a cache of its own, on the database of the first one. */
async function startNode(name: string, first?: TestService): Promise<TestService> {
  const service = await startTestService({
    env: { ...store.env, PACKAGE_CACHE_DIR: cacheOf(name), NODE_NAME: name },
    ...(first && { beside: first }),
  });
  services.push(service);
  return service;
}

async function uploadAlpha({ app }: TestService, name = 'alpha') {
  const parts = (await packageParts('alpha')).map((part) =>
    part[0] === 'name' ? (['name', name] as const) : part,
  );
  const response = await upload(app, parts);
  expect(response.statusCode).toBe(201);
  return warmedUp(app, response.json().id);
}

const cachedFiles = async (name: string) =>
  (await readdir(cacheOf(name))).filter((file) => /^[0-9a-f]{64}$/.test(file)).sort();

test('a package in an object store is decided with by every node, and its cache may be lost', async () => {
  const model = await uploadAlpha(one);
  const hashes = model.files.map(({ sha256 }: { sha256: string }) => sha256).sort();
  expect(model).toMatchObject({
    warmup_status: 'DONE',
    forecast_rel_path: expect.stringMatching(/^s3:[0-9a-f]{64}\/one-\d+$/),
  });
  expect(await cachedFiles('one')).toEqual(hashes);
  expect(await readdir(join(cacheOf('one'), '.staging'))).toEqual([]);

  const two = await startNode('two', one);
  // The second node has not asked the exchange for its symbols yet.
  expect({ ...(await two.app.inject('/model-packages/alpha')).json(), symbol_trades: true }).toEqual(model);
  const poll = async ({ app }: TestService) =>
    (await app.inject({ method: 'POST', url: '/paper/signal', payload: { model_id: 'paper_alpha' } })).json();
  expect(await poll(two)).not.toHaveProperty('code');
  expect(await cachedFiles('two')).toEqual(hashes);

  await rm(cacheOf('two'), { recursive: true });
  await two.app.inject({ method: 'POST', url: '/model-packages/alpha/warmup' });
  expect(await warmedUp(two.app, 'alpha')).toMatchObject({ warmup_status: 'DONE' });
  // The scaler is still in memory.
  expect(await cachedFiles('two')).toHaveLength(2);
});

test('while the store does not work, uploads are refused whole, and a decision without files answers 503', async () => {
  const before = (await one.app.inject('/model-packages')).json();
  store.fault = ({ method }) => (method === 'PUT' || method === 'POST' ? 'unavailable' : undefined);
  const refused = await upload(one.app, await packageParts('alpha'));
  expect(refused.statusCode).toBe(503);
  expect(refused.json()).toMatchObject({ code: 'PACKAGE_STORE_UNAVAILABLE' });
  expect(refused.headers['retry-after']).toBe('10');
  expect(await readdir(join(cacheOf('one'), '.staging'))).toEqual([]);
  expect((await one.app.inject('/model-packages')).json()).toEqual(before);

  store.fault = () => undefined;
  const { id } = await uploadAlpha(one, 'later');
  const three = await startNode('three', one);
  store.fault = ({ method }) => (method === 'GET' ? 'corrupt' : undefined);
  const poll = () =>
    three.app.inject({ method: 'POST', url: '/paper/signal', payload: { model_id: `paper_${id}` } });
  expect((await poll()).json()).toMatchObject({ code: 'PACKAGE_FILE_CORRUPT' });
  expect(await cachedFiles('three')).toEqual([]);
  store.fault = () => undefined;
  expect((await poll()).statusCode).toBe(200);
});

test('two nodes that get the same name at the same time register two packages', async () => {
  const models = await Promise.all(services.slice(0, 2).map((service) => uploadAlpha(service, 'twin')));
  expect(models.map(({ id }) => id).sort()).toEqual(['twin', 'twin_2']);
});

test('a deleted package leaves no object', async () => {
  const { id } = await uploadAlpha(one, 'deleted');
  await one.app.inject({ method: 'POST', url: `/model-packages/${id}/archive` });
  store.requests.length = 0;
  expect((await one.app.inject({ method: 'DELETE', url: `/model-packages/${id}` })).statusCode).toBe(204);
  expect(store.requests.map((line) => line.split(' ')[0])).toEqual(['DELETE', 'DELETE', 'DELETE']);
});
