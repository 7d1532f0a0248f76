import { expect, test } from 'vitest';
import { createKeyedMutex } from '../../../src/runtime/keyed-mutex.ts';

test('tasks of one key run one after the other; those of another key do not wait', async () => {
  const mutex = createKeyedMutex();
  const log: string[] = [];
  const first = withResolvers();
  const a = mutex('a', async () => {
    log.push('a1 begins');
    await first.promise;
    log.push('a1 ends');
  });
  const b = mutex('a', async () => void log.push('a2'));
  await mutex('b', async () => void log.push('b'));
  first.resolve();
  await Promise.all([a, b]);
  expect(log).toEqual(['a1 begins', 'b', 'a1 ends', 'a2']);
});

test('a failed task rejects its caller and lets the next one run', async () => {
  const mutex = createKeyedMutex();
  const failed = mutex('a', () => Promise.reject(new Error('no')));
  const next = mutex('a', async () => 'done');
  await expect(failed).rejects.toThrow('no');
  expect(await next).toBe('done');
});

function withResolvers(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
