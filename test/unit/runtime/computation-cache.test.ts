import { expect, it } from 'vitest';
import { createComputationCache } from '../../../src/runtime/computation-cache.ts';

it('callers of one key share a computation, also one under way', async () => {
  const cache = createComputationCache<number>(2);
  let computed = 0;
  const compute = async () => ++computed;
  expect(cache.find('a')).toBeUndefined();
  const [first, second] = [cache.get('a', compute), cache.get('a', compute)];
  expect(second).toBe(first);
  expect(cache.find('a')).toBe(first);
  expect(await Promise.all([first, second, cache.get('b', compute)])).toEqual([1, 1, 2]);
});

it('the least recently used one is removed', async () => {
  const cache = createComputationCache<string>(2);
  for (const key of ['a', 'b', 'a', 'c']) await cache.get(key, async () => key);
  expect(['a', 'b', 'c'].map((key) => cache.find(key) !== undefined)).toEqual([true, false, true]);
});

it('one that fails is forgotten', async () => {
  const cache = createComputationCache<number>(2);
  const failing = cache.get('a', async () => {
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(await cache.get('a', async () => 1)).toBe(1);
});
