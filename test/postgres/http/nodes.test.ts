import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { startService } from '../../../src/service.ts';
import { type Directory, makeDirectory, ROOT_OK } from '../../helper/factor-directory.ts';
import { startTestService, type TestService } from '../../helper/service.ts';

const WATCH_OFF = { MODEL_MANAGER_WATCH_ENABLED: '0' };

let a: TestService;
let b: TestService;
let directory: Directory;
let authorization: string;
let registered: unknown;

/** Both nodes see the disk of this machine. `b` starts after the directory is gone, so only `a` has read it. */
beforeAll(async () => {
  a = await startTestService({
    env: { ...WATCH_OFF, NODE_NAME: 'a', CORS_ORIGIN: 'https://desk.example' },
  });
  authorization = `Bearer ${(await a.services.access.createServiceToken('test')).token}`;
  directory = await makeDirectory(ROOT_OK);
  const payload = { model_name: 'alpha', root_path: directory.folder };
  registered = (await call(a, '/api/models', { method: 'POST', payload })).json();
  await directory.remove();
  b = await startTestService({
    beside: a,
    env: { ...WATCH_OFF, NODE_NAME: 'b', NODE_ROLE: 'api' },
  });
});
afterAll(async () => {
  await b.close();
  await a.close();
});

function call({ app }: TestService, url: string, options: { method?: 'POST'; payload?: object } = {}) {
  return app.inject({ url, headers: { authorization }, ...options });
}

test('every node lists all nodes, and says which one answers', async () => {
  for (const [service, own, other] of [
    [a, 'a', 'b'],
    [b, 'b', 'a'],
  ] as const) {
    for (const url of ['/ready', '/api/system']) {
      const nodes = async () => (await call(service, url)).json().nodes;
      await expect.poll(nodes).toMatchObject([{ name: 'a' }, { name: 'b', role: 'api' }]);
      const items: { name: string }[] = await nodes();
      const find = (name: string) => items.find((node) => node.name === name);
      expect(find(own)).toMatchObject({ is_answering: true });
      expect(find(other)).toMatchObject({
        is_answering: false,
        heartbeat_age_seconds: expect.any(Number),
        memory: { resident_bytes: expect.any(Number) },
        inference: { state: expect.stringMatching(/idle|running/) },
        jobs: expect.any(Array),
      });
    }
    expect((await call(service, '/ready')).statusCode).toBe(200);
    expect((await call(service, '/api/system')).json().is_cluster).toBe(true);
  }
});

test('answers and metrics name the node', async () => {
  for (const url of ['/health', '/nowhere']) {
    expect((await call(b, url)).headers['x-paperdesk-node']).toBe('b');
  }
  const fromPage = await a.app.inject({ url: '/health', headers: { origin: 'https://desk.example' } });
  expect(fromPage.headers['access-control-expose-headers']).toContain('x-paperdesk-node');
  expect((await call(b, '/metrics')).body).toMatch(
    /paperdesk_node_info\{node="b",role="api",version="[^"]+"\} 1/,
  );
  await expect.poll(async () => (await call(a, '/metrics')).body).toMatch(/^paperdesk_nodes_alive 2$/m);
  expect((await call(a, '/metrics')).body).toMatch(/^paperdesk_leases_held \d+$/m);
  expect((await call(a, '/metrics')).body).toMatch(/^paperdesk_heartbeat_age_seconds \d/m);
});

test('a directory of factor models is read by the nodes that have it', async () => {
  expect(registered).toMatchObject({ model_name: 'alpha', nodes: ['a'] });
  for (const service of [a, b]) {
    const nodes = async () => (await call(service, '/api/models')).json().items[0].nodes;
    await expect.poll(nodes).toEqual(['a']);
  }
  expect((await call(a, '/api/models/alpha/model/SOLUSDT')).statusCode).toBe(200);
  for (const path of ['factors', 'factor-uses', 'changes', 'symbols', 'symbols/SOLUSDT', 'model/SOLUSDT']) {
    expect((await call(b, `/api/models/alpha/${path}`)).json()).toMatchObject({
      ...{ status: 503, code: 'FACTOR_ROOT_NOT_HERE' },
      detail: `The node b cannot read ${directory.folder}, the directory of alpha. Send the request to a node that has it: a.`,
    });
  }
  const scored = { method: 'POST', payload: { rows: [[]] } } as const;
  expect((await call(b, '/api/models/alpha/predict/SOLUSDT', scored)).statusCode).toBe(503);
  expect((await call(b, '/api/models/alpha/refresh', { method: 'POST' })).statusCode).toBe(503);
});

test('what one node registers is read and listed by all that have it', async () => {
  const shared = await makeDirectory(ROOT_OK);
  onTestFinished(() => shared.remove());
  const payload = { model_name: 'beta', root_path: shared.folder };
  expect((await call(b, '/api/models', { method: 'POST', payload })).statusCode).toBe(200);
  for (const service of [a, b]) {
    const items = async () => (await call(service, '/api/models')).json().items;
    await expect.poll(items).toMatchObject([
      { model_name: 'alpha', nodes: ['a'] },
      { model_name: 'beta', nodes: ['a', 'b'] },
    ]);
    expect((await call(service, '/api/models/beta/factors')).statusCode).toBe(200);
  }
});

test('a refused registration says which node looked for the directory', async () => {
  const payload = { model_name: 'gamma', root_path: directory.folder };
  expect((await call(b, '/api/models', { method: 'POST', payload })).json()).toMatchObject({
    code: 'FACTOR_ROOT_INVALID',
    detail: expect.stringContaining('The node b looked for it'),
  });
});

test('a node that listens reports its address, and names itself in every log line', async () => {
  const lines: string[] = [];
  const logTo = new Writable({
    write(chunk, _encoding, done) {
      lines.push(...String(chunk).trim().split('\n'));
      done();
    },
  });
  const { config } = a;
  const cacheFolder = join(a.folder, 'factor-models-of-c');
  const own = { nodeName: 'c', role: 'worker', port: 0, logLevel: 'info' } as const;
  const c = await startService(
    { ...config, ...own, factorModels: { ...config.factorModels, cacheFolder } },
    logTo,
  );
  onTestFinished(() => c.close());
  const addressOfC = async () => {
    const nodes: { name: string; address: string }[] = (await call(b, '/api/system')).json().nodes;
    return nodes.find(({ name }) => name === 'c')?.address;
  };
  await expect.poll(addressOfC).toBe(c.address);
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines) expect(JSON.parse(line)).toMatchObject({ node: 'c', pid: process.pid });
});
