import { expect, test } from 'vitest';
import { backoffMs } from '../../../src/runtime/backoff.ts';

const OPTIONS = { firstMs: 1000, longestMs: 60_000 };

test.each([
  [1, 1000],
  [2, 2000],
  [3, 4000],
  [6, 32_000],
  [7, 60_000],
  [5000, 60_000],
])('after %d failures the pause is %d ms', (failures, expected) => {
  expect(backoffMs(OPTIONS, failures)).toBe(expected);
});

test('another factor grows another way', () => {
  expect(backoffMs({ ...OPTIONS, factor: 3 }, 3)).toBe(9000);
});

test.each([
  [0, 750],
  [0.5, 1000],
  [1, 1250],
])('jitter of a quarter with the random number %d makes 1000 ms %d', (random, expected) => {
  expect(backoffMs({ ...OPTIONS, jitter: 0.25 }, 1, () => random)).toBe(expected);
});
