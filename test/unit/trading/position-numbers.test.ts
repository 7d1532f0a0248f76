import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PositionTally } from '../../../src/statistics/position-tally.ts';
import { type GroupedLot, positionNumbers } from '../../../src/trading/position-numbers.ts';

const grouped = (...times: (readonly [number, number | null])[]): GroupedLot[] =>
  times.map(([openedAt, closedAt], index) => ({ sequence: index + 1, openedAt, closedAt }));

it('lots that overlap are one position, and one that opens when the others have closed begins another', () => {
  expect(positionNumbers(grouped([0, 10], [5, 20], [10, 15], [20, 30], [30, null]))).toEqual([1, 1, 1, 4, 5]);
  expect(positionNumbers([])).toEqual([]);
});

it('the first lot may belong to a position that began before', () => {
  const lots = grouped([5, 10], [7, null], [12, null]);
  expect(positionNumbers(lots, 40)).toEqual([40, 40, 40]);
  expect(positionNumbers(grouped([5, 7], [7, null]), 40)).toEqual([40, 2]);
});

it('there are as many positions as statistics count', () => {
  const lot = fc
    .tuple(fc.nat(60), fc.integer({ min: 1, max: 20 }))
    .map(([openedAt, length]) => [openedAt, openedAt + length] as const);
  fc.assert(
    fc.property(fc.array(lot, { maxLength: 30 }), (times) => {
      const byOpening = [...times].sort((a, b) => a[0] - b[0]);
      const tally = new PositionTally<number>((one, other) => one + other);
      for (const [openedAt, closedAt] of [...times].sort((a, b) => a[1] - b[1]))
        tally.add({ openedAt, closedAt }, 1);
      const numbers = positionNumbers(grouped(...byOpening));
      expect(new Set(numbers).size).toBe(tally.read(100, null).length);
    }),
  );
});
