import Fastify from 'fastify';
import { expect, test } from 'vitest';
import { overload } from '../../../src/http/plugins/overload.ts';

const MANY = 2500;

/** An app whose `/work` keeps the process busy, and in which order its requests were answered. */
async function openApp({ maxDelayMs, workMs }: { maxDelayMs: number; workMs: number }) {
  const app = Fastify();
  await app.register(overload, { maxDelayMs });
  app.get('/health', async () => ({ ok: true }));
  app.get('/work', async () => {
    const end = performance.now() + workMs;
    while (performance.now() < end);
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

test('/health is answered before all the others that came before it', async () => {
  const { ask, answered } = await openApp({ maxDelayMs: 60_000, workMs: 5 });
  const others = Array.from({ length: 20 }, () => ask('/work'));
  expect(await ask('/health')).toBe(200);
  expect(answered.filter((url) => url === '/work').length).toBeLessThan(9);
  expect(await Promise.all(others)).toEqual(others.map(() => 200));
});

test('requests that had to wait for longer than allowed are refused, and none after they are through', async () => {
  const { ask } = await openApp({ maxDelayMs: 50, workMs: 20 });
  const statuses = await Promise.all(Array.from({ length: 20 }, () => ask('/work')));
  expect(statuses[0]).toBe(200);
  expect(statuses.at(-1)).toBeGreaterThanOrEqual(500);
  expect(await ask('/work')).toBe(200);
});

test('each of very many is answered once, also those that come while others wait', async () => {
  const { ask, answered } = await openApp({ maxDelayMs: 60_000, workMs: 0 });
  const asked = Array.from({ length: MANY }, async (_, index) => {
    await ask('/work');
    if (index % 2 === 0) await ask('/work');
  });
  await Promise.all(asked);
  expect(answered).toHaveLength(MANY * 1.5);
});
