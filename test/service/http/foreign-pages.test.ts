// promise: docs/security.md "Web pages of other origins can neither read nor change anything"
// promise: docs/behind-a-proxy.md "421"
// promise: docs/behind-a-proxy.md "403 FOREIGN"

import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Config } from '../../../src/config.ts';
import { openDatabase } from '../../../src/db/open-database.ts';
import type { Tables } from '../../../src/db/tables.ts';
import { PROJECT_ROOT } from '../../../src/runtime/project-root.ts';
import { judgedFeatures } from '../../helper/drift.ts';
import { startTestService, type TestService } from '../../helper/service.ts';
import { packageParts, upload, warmedUp } from '../../helper/upload.ts';

const EVIL = 'https://evil.example';
const PASSWORD = 'correct horse battery staple';

let service: TestService;
let address: URL;
beforeAll(async () => {
  service = await startTestService();
  await service.app.inject('/paper/account/ppo_v1');
  address = new URL(await service.app.listen({ host: '127.0.0.1', port: 0 }));
});
afterAll(() => service.close());

type Headers = Record<string, string>;
const send = (method: 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'DELETE', url: string, headers: Headers = {}) =>
  service.app.inject({ method, url, headers });
const pause = (headers: Headers) => send('POST', '/paper/account/ppo_v1/pause', headers);
const status = async () => (await send('GET', '/paper/account/ppo_v1')).json().status;

/** The paths of GETs that docs/security.md says foreign pages may not send, with what is below them. */
async function refusedAsDocumented(): Promise<string[]> {
  const text = await readFile(join(PROJECT_ROOT, 'docs', 'security.md'), 'utf8');
  const [, list = ''] = /\*\*Requests that change something\*\*([^*]*)/.exec(text) ?? [];
  return Array.from(list.matchAll(/`(\/[^`]+)`/g), ([, path]) => path!);
}

/** Sends the lines of a request unchanged; returns status and body of the response. */
async function exchange(lines: readonly string[]): Promise<{ status: number; body: string }> {
  const socket = connect(Number(address.port), address.hostname);
  let text = '';
  socket.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  await once(socket, 'close');
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0), body: text };
}

describe('a request for another host', () => {
  test.each(['evil.example', `evil.example:6300`, '127.0.0.1.nip.io', 'localhost@evil.example', '10.1.2.3'])(
    'is refused on every route: %s',
    async (host) => {
      for (const [method, url] of [
        ['GET', '/model-packages'],
        ['GET', '/'],
        ['GET', '/health'],
        ['GET', '/nowhere'],
        ['HEAD', '/model-packages'],
        ['POST', '/api/auth/bootstrap'],
        ['DELETE', '/model-packages/ppo_v1'],
      ] as const) {
        const answer = await send(method, url, { host, 'x-forwarded-host': 'localhost' });
        expect(answer.statusCode, `${method} ${url}`).toBe(421);
        if (method === 'HEAD') continue;
        expect(answer.headers['content-type']).toContain('application/problem+json');
        expect(answer.headers['cache-control']).toBe('no-store');
        expect(answer.json()).toMatchObject({ status: 421, code: 'MISDIRECTED_REQUEST' });
        expect(answer.json().detail).toContain(`"${host}"`);
        expect(answer.json().detail).toContain('PUBLIC_URL');
      }
    },
  );

  test('quotes only the beginning of a long host', async () => {
    const { detail } = (await send('GET', '/health', { host: `a"\u0001\u009b${'x'.repeat(5000)}` })).json();
    expect(detail).toContain(`"a???${'x'.repeat(96)}..."`);
    expect(detail.length).toBeLessThan(600);
  });

  test('adds nothing to the recent errors', async () => {
    await send('GET', '/health', { host: 'evil.example' });
    await pause({ origin: EVIL });
    const { items } = (await send('GET', '/api/recent-errors')).json();
    expect(JSON.stringify(items)).not.toContain('evil.example');
  });

  test.each([
    ['in Host', ['GET /model-packages HTTP/1.1', 'Host: evil.example'], 421],
    ['in the target', ['GET http://evil.example/model-packages HTTP/1.1', 'Host: localhost'], 421],
    [
      'in Host, not in the target',
      ['GET http://localhost/model-packages HTTP/1.1', 'Host: evil.example'],
      421,
    ],
    ['after a user', ['GET http://localhost@evil.example/model-packages HTTP/1.1', 'Host: localhost'], 421],
    ['in the second Host', ['GET /model-packages HTTP/1.1', 'Host: localhost', 'Host: evil.example'], 421],
    ['in the first Host', ['GET /model-packages HTTP/1.1', 'Host: evil.example', 'Host: localhost'], 421],
    ['that is empty', ['GET /model-packages HTTP/1.1', 'Host:'], 421],
    ['in HTTP/1.0', ['GET /model-packages HTTP/1.0', 'Host: evil.example'], 421],
    [
      'which is its own, in the target',
      ['GET http://localhost/model-packages HTTP/1.1', 'Host: localhost'],
      200,
    ],
    ['which is its own, with a final dot', ['GET /model-packages HTTP/1.1', 'HOST: LOCALHOST.:1'], 200],
    ['which is its own, in IPv6', ['GET /model-packages HTTP/1.1', 'Host: [::1]:6300'], 200],
    ['which HTTP/1.0 need not name', ['GET /health HTTP/1.0'], 200],
  ])('on the wire: %s', async (_, lines, wanted) => {
    const answer = await exchange([...lines, 'Connection: close']);
    expect(answer.status).toBe(wanted);
    expect(answer.body.includes('ppo_v1')).toBe(wanted === 200 && !lines[0]!.includes('health'));
  });

  test('does not include the listening address, this machine and PUBLIC_URL', async () => {
    const open = await startTestService({
      env: { MODEL_MANAGER_HTTP_HOST: '0.0.0.0', PUBLIC_URL: 'https://desk.example, http://desk.lan:81' },
    });
    onTestFinished(() => open.close());
    const statusFor = async (host: string) =>
      (await open.app.inject({ url: '/health', headers: { host } })).statusCode;
    expect(await statusFor('desk.example')).toBe(200);
    expect(await statusFor('DESK.lan:6300')).toBe(200);
    expect(await statusFor('localhost:6300')).toBe(200);
    expect(await statusFor(`${hostname()}:6300`)).toBe(200);
    expect(await statusFor('evil.example')).toBe(421);
  });
});

describe('a page of another origin', () => {
  const FOREIGN: readonly (readonly [string, Headers])[] = [
    ['another site', { origin: EVIL, 'sec-fetch-site': 'cross-site' }],
    ['another site, of an older browser', { origin: EVIL }],
    ['another site without an origin', { 'sec-fetch-site': 'cross-site' }],
    ['a sandbox or a file', { origin: 'null' }],
    ['another port', { origin: 'http://localhost:5173', 'sec-fetch-site': 'same-site' }],
    ['another loopback name', { origin: 'http://127.0.0.1', 'sec-fetch-site': 'cross-site' }],
  ];

  test.each(FOREIGN)('cannot change anything: %s', async (_, headers) => {
    const answer = await pause(headers);
    expect(answer.statusCode).toBe(403);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.json()).toMatchObject({ status: 403, code: 'FOREIGN_ORIGIN' });
    expect(answer.json().detail).toMatch(/PUBLIC_URL.*CORS_ORIGIN/);
    expect(await status()).toBe('ACTIVE');
  });

  test('cannot upload', async () => {
    const answer = await upload(service.app, await packageParts('gamma'), { origin: EVIL });
    expect(answer.statusCode).toBe(403);
    expect(answer.json().detail).toContain(`"${EVIL}"`);
    expect((await send('GET', '/model-packages')).json().map(({ id }: { id: string }) => id)).toEqual([
      'ppo_v1',
    ]);
  });

  test('is refused by every route that changes something, before any check of a token', async () => {
    const changing = service.app.accessTable.filter(
      ({ method }) => !['GET', 'HEAD', 'OPTIONS'].includes(method),
    );
    expect(changing.length).toBeGreaterThan(15);
    for (const { method, url } of changing) {
      const answer = await send(method as 'POST', url.replace(/:\w+/g, 'x'), { origin: EVIL });
      expect(answer.statusCode, `${method} ${url}`).toBe(403);
    }
  });

  test.each([
    '/paper/account/alpha',
    '/paper/account/alpha/performance',
    '/paper/dashboard/alpha',
    '/paper/positions/alpha',
    '/paper/equity/alpha',
    '/paper/trades/alpha',
    '/paper/ledger/alpha',
    '/paper/decisions/alpha',
    '/paper/compare',
    '/paper/compare/pairs?models=alpha,beta',
    '/paper/signal?model_id=ppo_v1',
    '/paper/ml-signal/ppo_v1',
    '/paper/ml-signal-lite/ppo_v1',
    '/market/candles?symbol=ETHUSDT',
    '/paper/market-data/candles?symbol=ETHUSDT',
    '/live-price?symbol=ETHUSDT',
    '/events',
  ])('may not send a GET that creates, trades, computes, downloads or listens: %s', async (url) => {
    for (const method of ['GET', 'HEAD'] as const) {
      for (const [who, headers] of FOREIGN)
        expect((await send(method, url, headers)).statusCode, `${method} ${who}`).toBe(403);
    }
  });

  test('can send other GET requests, which change nothing, but not read the responses', async () => {
    // The warm-up loads the candles that are judged.
    const fresh = await startTestService({ isFirstStart: true });
    onTestFinished(() => fresh.close());
    await warmedUp(fresh.app, 'ppo_v1');
    await judgedFeatures(fresh.app, 'ppo_v1');
    const before = await rowsOf(fresh.config);
    const served: string[] = [];
    const refused: string[] = [];
    for (const { url } of fresh.app.accessTable.filter(({ method }) => method === 'GET')) {
      const path = url
        .replace(/:model_id|:id/g, 'ppo_v1')
        .replace(/:\w+/g, 'x')
        .replace('*', 'x');
      const headers = { origin: EVIL, 'sec-fetch-site': 'cross-site' };
      const answer = await fresh.app.inject({ url: path, headers });
      expect(answer.headers, url).not.toHaveProperty('access-control-allow-origin');
      expect(answer.headers['cross-origin-resource-policy'], url).toBe('same-origin');
      (answer.statusCode === 403 ? refused : served).push(url);
    }
    expect(served.length).toBeGreaterThan(15);
    const documented = await refusedAsDocumented();
    const isBelow = (url: string) => documented.some((path) => url === path || url.startsWith(`${path}/`));
    expect(refused.filter((url) => !isBelow(url))).toEqual([]);
    expect(served.filter(isBelow)).toEqual([]);
    expect(documented.filter((path) => !refused.some((url) => url.startsWith(path)))).toEqual([]);
    expect(await rowsOf(fresh.config)).toEqual(before);
    await fresh.app.inject('/paper/account/ppo_v1');
    expect(await rowsOf(fresh.config)).not.toEqual(before);
  });

  test('can neither set nor guess a password', async () => {
    const guarded = await startTestService();
    onTestFinished(() => guarded.close());
    const post = (path: string, headers: Headers = {}) =>
      guarded.app.inject({ method: 'POST', url: path, headers, payload: { password: PASSWORD } });
    expect((await post('/api/auth/bootstrap', { origin: EVIL })).statusCode).toBe(403);
    expect((await post('/api/auth/bootstrap')).statusCode).toBe(200);
    expect((await post('/api/auth/login', { origin: EVIL })).statusCode).toBe(403);
    const { token } = (await post('/api/auth/login')).json();
    const authorization = `Bearer ${token}`;
    expect((await post('/api/auth/logout-all', { origin: EVIL, authorization })).statusCode).toBe(403);
    expect((await post('/api/auth/logout-all', { authorization })).statusCode).toBe(200);
  });
});

describe('requests are accepted', () => {
  test.each([
    ['a client that is no browser', {}],
    [
      'the page of the service',
      { host: 'localhost:6300', origin: 'http://localhost:6300', 'sec-fetch-site': 'same-origin' },
    ],
    ['the own page by its address', { host: '127.0.0.1:6300', origin: 'http://127.0.0.1:6300' }],
    ['a person', { 'sec-fetch-site': 'none' }],
  ])('pause an account: %s', async (_, headers) => {
    expect((await pause(headers)).statusCode).toBe(200);
    expect((await send('POST', '/paper/account/ppo_v1/resume', headers)).statusCode).toBe(200);
  });

  test('from the page of PUBLIC_URL behind a proxy, and from pages of CORS_ORIGIN', async () => {
    const proxied = await startTestService({
      env: { PUBLIC_URL: 'https://desk.example', CORS_ORIGIN: 'https://app.example' },
    });
    onTestFinished(() => proxied.close());
    const post = async (headers: Headers) =>
      (await proxied.app.inject({ method: 'POST', url: '/model-packages/ppo_v1/warmup', headers }))
        .statusCode;
    const site = 'sec-fetch-site';
    expect(await post({ host: 'desk.example', origin: 'https://desk.example', [site]: 'same-origin' })).toBe(
      202,
    );
    expect(await post({ host: '127.0.0.1:1', origin: 'https://desk.example', [site]: 'same-origin' })).toBe(
      202,
    );
    expect(await post({ host: 'desk.example', origin: 'https://app.example', [site]: 'same-site' })).toBe(
      202,
    );
    expect(await post({ host: 'desk.example', origin: 'https://evil.example', [site]: 'cross-site' })).toBe(
      403,
    );
    expect(await post({ host: 'desk.example', [site]: 'same-site' })).toBe(403);
  });
});

/** The rows of all tables except those of the market, and heartbeats, which change in the background. */
async function rowsOf({ store }: Config): Promise<Record<string, unknown[]>> {
  const database = await openDatabase(store);
  try {
    // The job queue of PostgreSQL has a schema of its own.
    const all = (await database.introspection.getTables()).filter(
      ({ schema = 'public' }) => schema === 'public',
    );
    const tables = all.map(({ name }) => name as keyof Tables);
    const compared = tables.filter((name) => !/^(candle|funding|nodes$|leases$)/.test(name));
    expect(compared).toContain('paper_accounts');
    const rows = compared.map(async (name) => [name, await database.selectFrom(name).selectAll().execute()]);
    return Object.fromEntries(await Promise.all(rows));
  } finally {
    await database.destroy();
  }
}
