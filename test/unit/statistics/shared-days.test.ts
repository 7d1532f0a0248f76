import { expect, it } from 'vitest';
import { DAY_MS } from '../../../src/candle.ts';
import { NO_DAYS, sharedDays } from '../../../src/statistics/daily-equity.ts';
import { comparePair, pairSeed } from '../../../src/statistics/paired-comparison.ts';

const START = Date.UTC(2025, 3, 7);
const from = (day: number, values: readonly number[]) => ({ from: START + day * DAY_MS, values });

it('records are compared over the days that all of them have', () => {
  expect(sharedDays([from(0, [1, 2, 3, 4]), from(1, [5, 6, 7, 8]), from(-2, [0, 0, 0, 9, 10])])).toEqual({
    from: START + DAY_MS,
    values: [
      [2, 3],
      [5, 6],
      [9, 10],
    ],
  });
});

it('no day may be shared', () => {
  expect(sharedDays([from(0, [1, 2]), from(2, [3])])).toBeNull();
  expect(sharedDays([from(0, [1, 2]), NO_DAYS])).toBeNull();
  expect(() => sharedDays([])).toThrow(RangeError);
});

it('a comparison depends on its days and their date only, and turns round with its two', async () => {
  const a = Array.from({ length: 40 }, (_, day) => 0.01 * Math.sin(day ** 2));
  const b = Array.from({ length: 40 }, (_, day) => 0.002 + 0.01 * Math.cos(day ** 2));
  const seed = pairSeed(START);
  expect(seed).toBe('pair|2025-04-07');
  let pauses = 0;
  const pause = async () => {
    pauses += 1;
  };
  const { difference } = await comparePair(a, b, seed, pause);
  const { difference: reverse } = await comparePair(b, a, seed, pause);
  expect(pauses).toBeGreaterThan(1);
  expect(reverse).toMatchObject({
    p: difference!.p,
    mean: -difference!.mean,
    shareAhead: expect.closeTo(1 - difference!.shareAhead, 12),
    interval: difference!.interval.map((end) => expect.closeTo(-end, 12)).reverse(),
  });
  await expect(comparePair(a, b.slice(1), seed, pause)).rejects.toThrow('40 days cannot be paired with 39');
});
