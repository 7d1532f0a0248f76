import { expect, it } from 'vitest';
import { createIntervalCache } from '../../../src/statistics/interval-cache.ts';

const RETURNS = Array.from({ length: 40 }, (_, day) => 0.01 * Math.sin(day ** 2));

it('equal days of equal ranges are computed once', async () => {
  let pauses = 0;
  const compute = createIntervalCache(async () => {
    pauses += 1;
  });
  const [first, second] = await Promise.all([
    compute(RETURNS, 'interval|a'),
    compute([...RETURNS], 'interval|a'),
  ]);
  expect(second).toBe(first);
  const once = pauses;
  expect(once).toBeGreaterThan(0);
  expect(await compute(RETURNS, 'interval|b')).not.toEqual(first);
  expect((await compute(RETURNS.slice(1), 'interval|a')).sharpe).not.toEqual(first.sharpe);
  expect(pauses).toBeGreaterThan(once);
});

it('a computation that was stopped is not kept', async () => {
  let isStopped = true;
  const compute = createIntervalCache(async () => {
    if (isStopped) throw new Error('stopped');
  });
  await expect(compute(RETURNS, 'interval|a')).rejects.toThrow('stopped');
  isStopped = false;
  expect((await compute(RETURNS, 'interval|a')).sharpe).not.toBeNull();
});
