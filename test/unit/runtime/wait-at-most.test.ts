import { expect, test } from 'vitest';
import { waitAtMost } from '../../../src/runtime/wait-at-most.ts';
import { simulatedTime } from '../../helper/time.ts';

test('a promise that settles in time ends the wait, and its timer', async () => {
  const { timers, sleepers } = simulatedTime(0);
  expect(await waitAtMost(Promise.resolve('done'), 1_000, timers)).toBe(true);
  await expect(waitAtMost(Promise.reject(new Error('down')), 1_000, timers)).rejects.toThrow('down');
  expect(sleepers()).toBe(0);
});

test('the wait for a promise that does not settle ends after its limit', async () => {
  const { timers, passTo } = simulatedTime(0);
  let result: boolean | undefined;
  void waitAtMost(new Promise(() => {}), 1_000, timers).then((settled) => {
    result = settled;
  });
  await passTo(999);
  expect(result).toBeUndefined();
  await passTo(1_000);
  await Promise.resolve();
  expect(result).toBe(false);
});
