import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestService, type TestService } from '../../helper/service.ts';
import { warmedUp } from '../../helper/upload.ts';

let service: TestService;
let now = Date.parse('2026-11-26T00:16:00Z');

beforeAll(async () => {
  service = await startTestService({
    ...{ isFirstStart: true, now: () => now },
    env: { UPLOAD_MAX_BYTES: '1000000' },
  });
  await warmedUp(service.app, 'ppo_v1');
});
afterAll(() => service.close());

const get = async (url: string) => (await service.app.inject(url)).json();
const poll = (payload: object) => service.app.inject({ method: 'POST', url: '/paper/signal', payload });

describe('GET /api/system', () => {
  test('shows readiness, limits and models in memory', async () => {
    // Only live decisions load models here; warm-ups have a process of their own.
    await get('/paper/ml-signal/ppo_v1');
    expect(await get('/api/system')).toMatchObject({
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      market_source: 'recorded',
      upload_max_bytes: 1_000_000,
      default_package_id: 'ppo_v1',
      parts: {
        database: { ready: true },
        default_package: { ready: true },
        market: { ready: true, detail: 'The candles are up to date.' },
        inference: { ready: true },
      },
      inference: { state: 'running', deaths: 0, models: [{ id: 'ppo_v1' }] },
      background_inference: { pid: expect.any(Number), deaths: 0, memory_budget_bytes: expect.any(Number) },
    });
    const { memory, uptime_seconds, started_at, inference, background_inference } = await get('/api/system');
    expect(background_inference.pid).not.toBe(inference.pid);
    expect(memory.resident_bytes).toBeGreaterThan(memory.heap_bytes);
    expect(Math.abs(Date.parse(started_at) + uptime_seconds * 1000 - now)).toBeLessThan(2000);
  });

  test('distinguishes accounts with and without regular polls', async () => {
    await service.app.inject('/paper/account/ppo_v1');
    const account = async () => (await get('/api/system')).accounts[0];
    expect(await account()).toMatchObject({ model_id: 'paper_ppo_v1', last_poll_at: null, loop: 'none' });
    for (let polls = 0; polls < 5; polls++) {
      now += 60_000;
      await poll({ model_id: 'ppo_v1' });
    }
    expect(await account()).toMatchObject({
      last_poll_at: new Date(now).toISOString(),
      poll_interval_seconds: 60,
      loop: 'polling',
    });
  });
});

describe('GET /api/recent-errors', () => {
  test('lists refusals, newest first, and counts repeated ones', async () => {
    await poll({ model_id: 'nobody' });
    await poll({ model_id: 'ppo_v1', current_price: 5 });
    now += 1000;
    await poll({ model_id: 'nobody' });
    const { items } = await get('/api/recent-errors');
    expect(items.slice(0, 2)).toMatchObject([
      { level: 'warn', where: 'POST /paper/signal', code: 'MODEL_NOT_FOUND', times: 2 },
      { level: 'warn', where: 'POST /paper/signal', code: 'PRICE_OFF', times: 1 },
    ]);
    expect(Date.parse(items[0].last_at) - Date.parse(items[0].first_at)).toBe(1000);
    expect(items[0].request_id).toMatch(/./);
  });

  test('omits wrong passwords, and requires a token once a password is set', async () => {
    const login = (password: string) =>
      service.app.inject({ method: 'POST', url: '/api/auth/login', payload: { password } });
    await service.app.inject({
      method: 'POST',
      url: '/api/auth/bootstrap',
      payload: { password: 'a password' },
    });
    expect((await login('wrong')).statusCode).toBe(401);
    for (const url of ['/api/system', '/api/recent-errors']) {
      expect((await service.app.inject(url)).statusCode).toBe(401);
    }
    const authorization = `Bearer ${(await login('a password')).json().token}`;
    const { items } = (
      await service.app.inject({ url: '/api/recent-errors', headers: { authorization } })
    ).json();
    expect(items.map(({ code }: { code: string }) => code)).not.toContain('PASSWORD_MISMATCH');
    expect(JSON.stringify(items)).not.toContain('wrong');
  });
});
