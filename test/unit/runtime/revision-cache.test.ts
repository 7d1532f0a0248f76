import { describe, expect, test } from 'vitest';
import { createRevisionCache } from '../../../src/runtime/revision-cache.ts';

function cacheOf(maxEntries = 10) {
  const state = { revision: 'a' };
  const computed: string[] = [];
  const cache = createRevisionCache<string>({
    isCacheable: (value) => value !== 'passing',
    maxEntries,
  });
  const revisionNow = () => state.revision;
  const get = (key: string, value = `${key} at ${state.revision}`) =>
    cache.get(key, revisionNow, async () => {
      computed.push(value);
      return value;
    });
  return { cache, state, revisionNow, computed, get };
}

describe('a revision cache', () => {
  test('computes a value once per revision', async () => {
    const { state, computed, get } = cacheOf();
    expect([await get('one'), await get('one')]).toEqual(['one at a', 'one at a']);
    state.revision = 'b';
    expect(await get('one')).toBe('one at b');
    expect(computed).toEqual(['one at a', 'one at b']);
  });

  test('computes a value once for concurrent callers', async () => {
    const { computed, get } = cacheOf();
    expect(await Promise.all([get('one'), get('one'), get('two')])).toEqual([
      'one at a',
      'one at a',
      'two at a',
    ]);
    expect(computed).toHaveLength(2);
  });

  test('does not cache what was computed while the revision changed, or may not be cached', async () => {
    const { cache, state, revisionNow, computed, get } = cacheOf();
    await cache.get('one', revisionNow, async () => {
      state.revision = 'b';
      return 'half old';
    });
    state.revision = 'a';
    expect(await get('one')).toBe('one at a');
    await get('two', 'passing');
    await get('two', 'passing');
    expect(computed).toEqual(['one at a', 'passing', 'passing']);
  });

  test('rejects all callers of a failed computation and computes again', async () => {
    const { cache, revisionNow, get } = cacheOf();
    const fail = () => cache.get('one', revisionNow, () => Promise.reject(new Error('no')));
    const both = await Promise.allSettled([fail(), fail()]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await get('one')).toBe('one at a');
  });

  test('drops the least recently used entry', async () => {
    const { computed, get } = cacheOf(2);
    for (const key of ['one', 'two', 'three', 'two', 'one']) await get(key);
    expect(computed).toEqual(['one at a', 'two at a', 'three at a', 'one at a']);
  });
});
