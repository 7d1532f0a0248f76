import Fastify from 'fastify';
import { expect, test } from 'vitest';
import { overload } from '../../../src/http/plugins/overload.ts';

const MANY = 2500;
/** The limits of these tests are far above any real delay, so that only the fake clock can exceed them. */
const MAX_DELAY_MS = 60_000;

/** An app whose `/work` takes `workMs` by a fake clock; it records the order of its responses. */
async function openApp({ workMs }: { workMs: number }) {
  let now = 0;
  const app = Fastify();
  await app.register(overload, { maxDelayMs: MAX_DELAY_MS, now: () => now });
  app.get('/health', async () => ({ ok: true }));
  app.get('/work', async () => {
    now += workMs;
    return { ok: true };
  });
  const answered: string[] = [];
  const ask = async (url: string) => {
    const { statusCode } = await app.inject(url);
    answered.push(url);
    return statusCode;
  };
  await app.ready();
  return { ask, answered };
}

test('/health is answered before requests that came earlier', async () => {
  const { ask, answered } = await openApp({ workMs: 0 });
  const others = Array.from({ length: 20 }, () => ask('/work'));
  expect(await ask('/health')).toBe(200);
  expect(answered.filter((url) => url === '/work').length).toBeLessThan(9);
  expect(await Promise.all(others)).toEqual(others.map(() => 200));
});

test('requests that wait too long are refused, and later requests are answered again', async () => {
  const { ask } = await openApp({ workMs: MAX_DELAY_MS / 4 });
  const statuses = await Promise.all(Array.from({ length: 20 }, () => ask('/work')));
  expect(statuses[0]).toBe(200);
  expect(statuses.at(-1)).toBeGreaterThanOrEqual(500);
  expect(await ask('/work')).toBe(200);
});

test('each of many requests is answered once, also those that arrive while others wait', async () => {
  const { ask, answered } = await openApp({ workMs: 0 });
  const asked = Array.from({ length: MANY }, async (_, index) => {
    await ask('/work');
    if (index % 2 === 0) await ask('/work');
  });
  await Promise.all(asked);
  expect(answered).toHaveLength(MANY * 1.5);
});
