import { describe, expect, test } from 'vitest';
import { createRevisionCache } from '../../../src/runtime/revision-cache.ts';

function keptOf(most = 10) {
  const state = { now: 'a' };
  const made: string[] = [];
  const kept = createRevisionCache<string>({
    isLasting: (value) => value !== 'passing',
    most,
  });
  const stateNow = () => state.now;
  const ask = (key: string, value = `${key} in ${state.now}`) =>
    kept.of(key, stateNow, async () => {
      made.push(value);
      return value;
    });
  return { kept, state, stateNow, made, ask };
}

describe('what is kept', () => {
  test('is made once in each state', async () => {
    const { state, made, ask } = keptOf();
    expect([await ask('one'), await ask('one')]).toEqual(['one in a', 'one in a']);
    state.now = 'b';
    expect(await ask('one')).toBe('one in b');
    expect(made).toEqual(['one in a', 'one in b']);
  });

  test('is made once for all who ask at the same time', async () => {
    const { made, ask } = keptOf();
    expect(await Promise.all([ask('one'), ask('one'), ask('two')])).toEqual([
      'one in a',
      'one in a',
      'two in a',
    ]);
    expect(made).toHaveLength(2);
  });

  test('is made again where the state changed while it was made, or it does not last', async () => {
    const { kept, state, stateNow, made, ask } = keptOf();
    await kept.of('one', stateNow, async () => {
      state.now = 'b';
      return 'half old';
    });
    state.now = 'a';
    expect(await ask('one')).toBe('one in a');
    await ask('two', 'passing');
    await ask('two', 'passing');
    expect(made).toEqual(['one in a', 'passing', 'passing']);
  });

  test('is made again after a failure, which all are told who waited for it', async () => {
    const { kept, stateNow, ask } = keptOf();
    const fail = () => kept.of('one', stateNow, () => Promise.reject(new Error('no')));
    const both = await Promise.allSettled([fail(), fail()]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await ask('one')).toBe('one in a');
  });

  test('is what was asked for last', async () => {
    const { made, ask } = keptOf(2);
    for (const key of ['one', 'two', 'three', 'two', 'one']) await ask(key);
    expect(made).toEqual(['one in a', 'two in a', 'three in a', 'one in a']);
  });
});
