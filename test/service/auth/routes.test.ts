// promise: docs/security.md "Names say what they are"
// promise: docs/security.md "Every route is in the table above"
// promise: docs/security.md, table "Access | route"

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestService, type TestService } from '../../helper/service.ts';

const PASSWORD = 'correct horse battery staple';
const HOUR = 3_600_000;

/** What is open at all times (factor-models.md#31); `/docs` is not among it. */
const ALWAYS_OPEN = [
  '/health',
  '/api/health',
  '/ready',
  '/api/auth/status',
  '/api/auth/bootstrap',
  '/api/auth/login',
  '/',
  '/packages',
  '/packages/*',
  '/compare',
  '/compare/*',
  '/factor-models',
  '/factor-models/*',
  '/system',
  '/access',
  '/assets/:file',
  '/favicon.svg',
  '/favicon.ico',
];
const ALWAYS_WITH_TOKEN = /^\/api\/(models|me|auth\/(logout|logout-all|tokens))/;

describe('every route', () => {
  let service: TestService;
  let now = Date.parse('2026-01-01T00:00:00Z');
  let expired = '';
  let valid = '';
  beforeAll(async () => {
    service = await startTestService({ now: () => now });
  });
  afterAll(() => service.close());

  /** The challenge of a 401, undefined for any other status; the rest of the answer is ignored. */
  async function refusal(method: string, url: string, authorization?: string): Promise<string | undefined> {
    const answer = await service.app.inject({
      method: method as 'GET',
      url: url.replace(/:\w+/g, 'x').replace('*', 'x'),
      headers: authorization === undefined ? {} : { authorization },
      payloadAsStream: true,
    });
    answer
      .stream()
      .on('error', () => {})
      .destroy();
    return answer.statusCode === 401 ? String(answer.headers['www-authenticate']) : undefined;
  }

  const routes = () => service.app.accessTable.filter(({ method }) => method !== 'HEAD');

  test('is in the table of access', () => {
    expect(routes().length).toBeGreaterThan(20);
    const open = routes().filter(({ access }) => access === 'open');
    expect([...new Set(open.map(({ url }) => url))].sort()).toEqual([...ALWAYS_OPEN].sort());
  });

  test('is open without a password, except those that always need a token', async () => {
    for (const { method, url } of routes()) {
      const wanted = ALWAYS_WITH_TOKEN.test(url) ? 'Bearer' : undefined;
      expect(await refusal(method, url), `${method} ${url}`).toBe(wanted);
    }
  });

  test('needs a valid token once there is a password', async () => {
    const post = (url: string) =>
      service.app.inject({ method: 'POST', url, payload: { password: PASSWORD } });
    expect((await post('/api/auth/bootstrap')).statusCode).toBe(200);
    expired = (await post('/api/auth/login')).json().token;
    now += 13 * HOUR;
    valid = (await post('/api/auth/login')).json().token;

    for (const { method, url } of routes()) {
      const wanted = ALWAYS_OPEN.includes(url) ? undefined : 'Bearer';
      const what = `${method} ${url}`;
      expect(await refusal(method, url), `${what} without a token`).toBe(wanted);
      expect(await refusal(method, url, 'Bearer wrong'), `${what} with a wrong one`).toBe(wanted);
      expect(await refusal(method, url, `Basic ${valid}`), `${what} with another scheme`).toBe(wanted);
      expect(await refusal(method, url, `Bearer ${expired}`), `${what} with an expired one`).toBe(wanted);
      if (!url.startsWith('/api/auth/logout')) {
        expect(await refusal(method, url, `Bearer ${valid}`), `${what} with a valid one`).toBe(undefined);
      }
    }
  });

  test('accepts a token after a restart', async () => {
    await service.restart();
    expect(await refusal('GET', '/api/me', `bearer ${valid}`)).toBe(undefined);
    expect(await refusal('GET', '/model-packages', `Bearer ${valid}`)).toBe(undefined);
  });
});

describe('sessions and service tokens', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService();
    await call('POST', '/api/auth/bootstrap', undefined, { password: PASSWORD });
  });
  afterAll(() => service.close());

  function call(method: 'GET' | 'POST' | 'DELETE', url: string, token?: string, payload?: object) {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    return service.app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
  }
  async function login(): Promise<string> {
    const answer = await call('POST', '/api/auth/login', undefined, { password: PASSWORD });
    expect(answer.json()).toEqual({
      token: expect.stringMatching(/^[\w-]{43}$/),
      permission: 'readonly',
      expires_at: expect.any(Number),
    });
    expect(Number.isInteger(answer.json().expires_at)).toBe(true);
    return answer.json().token;
  }

  test('a log-out ends its own session only', async () => {
    const [one, other] = [await login(), await login()];
    expect((await call('POST', '/api/auth/logout', one)).statusCode).toBe(200);
    expect((await call('GET', '/api/me', one)).json()).toMatchObject({ status: 401, code: 'TOKEN_INVALID' });
    expect((await call('GET', '/api/me', other)).statusCode).toBe(200);
  });

  test('logout-all ends every session; service tokens stay valid until they are revoked', async () => {
    const token = await login();
    const created = await service.services.access.createServiceToken('loop');
    expect((await call('GET', '/api/me', created.token)).json()).toEqual({
      permission: 'readonly',
      expires_at: null,
    });
    expect((await call('POST', '/api/auth/logout-all', token)).json()).toMatchObject({
      message: 'all sessions ended',
    });
    expect((await call('GET', '/api/me', token)).statusCode).toBe(401);

    const { items } = (await call('GET', '/api/auth/tokens', created.token)).json();
    expect(items).toMatchObject([{ id: created.id, name: 'loop', last_used_at: expect.any(String) }]);
    expect(JSON.stringify(items)).not.toContain(created.token);
    expect((await call('DELETE', '/api/auth/tokens/nope', created.token)).json()).toMatchObject({
      code: 'TOKEN_NOT_FOUND',
    });
    expect((await call('DELETE', `/api/auth/tokens/${created.id}`, created.token)).statusCode).toBe(204);
    expect((await call('GET', '/api/me', created.token)).statusCode).toBe(401);
  });

  test('a session makes a service token, which a service token cannot', async () => {
    const session = await login();
    const make = (token: string | undefined, payload: object) =>
      call('POST', '/api/auth/tokens', token, payload);
    const answer = await make(session, { name: ' the loop ', expires_in_days: 30 });
    expect(answer.statusCode).toBe(201);
    const { token, ...made } = answer.json();
    expect(made).toEqual({
      id: expect.any(String),
      name: 'the loop',
      created_at: expect.any(String),
      last_used_at: null,
      expires_at: expect.any(String),
    });
    expect(Date.parse(made.expires_at) - Date.parse(made.created_at)).toBe(30 * 24 * HOUR);
    expect((await call('GET', '/api/me', token)).statusCode).toBe(200);

    const { items } = (await call('GET', '/api/auth/tokens', session)).json();
    expect(items).toEqual([{ ...made, last_used_at: expect.any(String) }]);
    expect((await make(token, { name: 'another' })).json()).toMatchObject({
      status: 403,
      code: 'SESSION_REQUIRED',
    });
    expect((await make(undefined, { name: 'another' })).statusCode).toBe(401);
    for (const payload of [
      {},
      { name: ' ' },
      { name: 'x'.repeat(101) },
      { name: 'a\u202Eb' },
      { name: 'a', expires_in_days: 0 },
      { name: 'a', expires_in_days: 0.5 },
      { name: 'a', kind: 'session' },
    ])
      expect((await make(session, payload)).json()).toMatchObject({ status: 422, code: 'FIELD_INVALID' });
    expect((await call('DELETE', `/api/auth/tokens/${made.id}`, session)).statusCode).toBe(204);
    expect((await call('GET', '/api/me', token)).statusCode).toBe(401);
    expect((await make(session, { name: 'forever' })).json()).toMatchObject({ expires_at: null });
    await service.services.access.revokeServiceToken((await service.services.access.serviceTokens())[0]!.id);
  });

  test('a short password is refused with the reason', async () => {
    const { access } = service.services;
    // Seven characters, in fourteen UTF-16 units.
    await expect(access.resetPassword('🔑'.repeat(7))).rejects.toMatchObject({
      code: 'PASSWORD_TOO_SHORT',
      message: expect.stringMatching(/has 7 characters; it needs at least 8/),
    });
    const unset = await startTestService();
    const bootstrap = (password: string) =>
      unset.app.inject({ method: 'POST', url: '/api/auth/bootstrap', payload: { password } });
    expect((await bootstrap('1234567')).json()).toMatchObject({ status: 422, code: 'PASSWORD_TOO_SHORT' });
    expect((await unset.app.inject('/api/auth/status')).json()).toEqual({ initialized: false });
    expect((await bootstrap('12345678')).statusCode).toBe(200);
    expect((await bootstrap('1')).json()).toMatchObject({ status: 409, code: 'PASSWORD_ALREADY_SET' });
    await unset.close();
  });

  test('a password reset ends all sessions', async () => {
    const token = await login();
    await service.services.access.resetPassword('another one');
    expect((await call('GET', '/api/me', token)).statusCode).toBe(401);
    await service.services.access.resetPassword(PASSWORD);
  });

  test('the store contains neither passwords nor tokens', async () => {
    const token = await login();
    const { readFile, readdir } = await import('node:fs/promises');
    for (const name of (await readdir(service.folder)).filter((one) => one.includes('sqlite'))) {
      const bytes = await readFile(`${service.folder}/${name}`);
      expect(bytes.includes(token)).toBe(false);
      expect(bytes.includes(PASSWORD)).toBe(false);
    }
  });

  test('after too many wrong passwords, every attempt has to wait', async () => {
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 6; attempt++) {
      statuses.push((await call('POST', '/api/auth/login', undefined, { password: 'wrong' })).statusCode);
    }
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
    const answer = await call('POST', '/api/auth/login', undefined, { password: PASSWORD });
    expect(answer.json()).toMatchObject({ status: 429, code: 'RATE_LIMITED' });
    expect(answer.headers['retry-after']).toBe('1');
  });

  test.each([
    ['/api/auth/bootstrap', {}],
    ['/api/auth/login', { password: '' }],
    ['/api/auth/login', { password: 7 }],
    ['/api/auth/login', { password: 'x'.repeat(2000) }],
  ])('%s refuses %j', async (url, payload) => {
    expect((await call('POST', url, undefined, payload)).json()).toMatchObject({
      status: 422,
      code: 'FIELD_INVALID',
    });
  });
});
