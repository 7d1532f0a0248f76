import { afterAll, beforeAll, expect, test } from 'vitest';
import { VERSION } from '../../../src/runtime/version.ts';
import { makeDirectory, ROOT_OK } from '../../helper/factor-directory.ts';
import { startTestService, type TestService } from '../../helper/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ env: { NODE_NAME: 'alone', CORS_ORIGIN: 'https://desk.example' } });
});
afterAll(() => service.close());

test('one process is listed as the only node', async () => {
  const node = {
    ...{ name: 'alone', role: 'all', version: VERSION, is_answering: true },
    heartbeat_age_seconds: 0,
    memory: { resident_bytes: expect.any(Number), models_bytes: expect.any(Number) },
    inference: { state: 'idle', deaths: 0 },
    jobs: expect.any(Array),
  };
  await expect
    .poll(async () => (await service.app.inject('/ready')).json())
    .toMatchObject({
      ...{ ready: true, cluster_ready: true },
      parts: { market: { scope: 'cluster' }, inference: { scope: 'node' } },
      nodes: [node],
    });
  expect((await service.app.inject('/api/system')).json()).toMatchObject({
    is_cluster: false,
    nodes: [{ ...node, address: null }],
  });
});

test('where a node listens is not told to everyone', async () => {
  const [node] = (await service.app.inject('/ready')).json().nodes;
  expect(node).not.toHaveProperty('address');
});

test('headers, metrics and factor models do not name the only node', async () => {
  const { headers } = await service.app.inject('/health');
  expect(headers).not.toHaveProperty('x-paperdesk-node');
  expect((await service.app.inject('/metrics')).body).not.toMatch(
    /paperdesk_(node_info|nodes_alive|leases_held|heartbeat_age)/,
  );

  const directory = await makeDirectory(ROOT_OK);
  const authorization = `Bearer ${(await service.services.access.createServiceToken('test')).token}`;
  const payload = { model_name: 'alpha', root_path: directory.folder };
  const request = { url: '/api/models', headers: { authorization } };
  const registered = await service.app.inject({ ...request, method: 'POST', payload });
  expect(registered.json()).not.toHaveProperty('nodes');
  const { items } = (await service.app.inject(request)).json();
  expect(items).toHaveLength(1);
  expect(items[0]).not.toHaveProperty('nodes');
  await directory.remove();
});
