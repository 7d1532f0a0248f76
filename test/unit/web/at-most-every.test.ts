import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { atMostEvery } from '../../../src/web/data/at-most-every.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('requests that do not end share calls, and the last one is not lost', () => {
  const calls: number[] = [];
  let at = 0;
  const { request } = atMostEvery(2000, () => calls.push(at));
  // 46 uploads of half a second with four events each.
  for (; at < 23_000; at += 125) {
    request();
    vi.advanceTimersByTime(125);
  }
  expect(calls.length).toBeLessThanOrEqual(12);
  const before = calls.length;
  vi.advanceTimersByTime(10_000);
  expect(calls.length).toBe(before + 1);
});

test('a single request is answered soon, and nothing is called after the end', () => {
  const action = vi.fn();
  const { request, cancel } = atMostEvery(2000, action);
  request();
  vi.advanceTimersByTime(200);
  expect(action).toHaveBeenCalledTimes(1);
  request();
  cancel();
  vi.advanceTimersByTime(10_000);
  expect(action).toHaveBeenCalledTimes(1);
});
