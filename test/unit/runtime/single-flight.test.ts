import { expect, test } from 'vitest';
import { createSingleFlight } from '../../../src/runtime/single-flight.ts';

test('callers share a running task of their key, and start a new one after it ended', async () => {
  const singleFlight = createSingleFlight<number>();
  let runs = 0;
  const task = async () => ++runs;
  expect(
    await Promise.all([singleFlight('a', task), singleFlight('a', task), singleFlight('b', task)]),
  ).toEqual([1, 1, 2]);
  expect(await singleFlight('a', task)).toBe(3);
});

test('all callers get the error of a failed task, and the next call runs again', async () => {
  const singleFlight = createSingleFlight<string>();
  const fail = () => singleFlight('a', () => Promise.reject(new Error('down')));
  const results = await Promise.allSettled([fail(), fail()]);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await singleFlight('a', async () => 'up')).toBe('up');
});
