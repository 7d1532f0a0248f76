import { describe, expect, test } from 'vitest';
import type { PairedComparison, PairedDifference } from '../../../src/statistics/paired-comparison.ts';
import { weeksToTellPair } from '../../../src/statistics/weeks-to-tell-pair.ts';

const NOTHING: PairedComparison = { days: 63, activeDays: 63, withheld: null, difference: null };

function comparison(mean: number, interval: readonly [number, number]): PairedComparison {
  const difference: PairedDifference = {
    ...{ seed: 'pair|2026-01-01', block: 4, shareAhead: 0.7, widening: 1, p: 0.3, grade: 'NONE' },
    ...{ mean, interval },
  };
  return { ...NOTHING, difference };
}

describe('weeks until two can be told apart', () => {
  test('are those until there are enough days', () => {
    expect(weeksToTellPair({ ...NOTHING, days: 12, withheld: 'FEW_DAYS' })).toBe(3);
    expect(weeksToTellPair({ ...NOTHING, days: 40, activeDays: 5, withheld: 'FEW_ACTIVE_DAYS' })).toBe(6);
  });

  test.each([
    // The end of the interval is twice as far away as the mean: 4 times the days, and those of 95 % beside 90 %.
    { mean: 0.001, interval: [-0.001, 0.003], days: 63 * 4 },
    { mean: -0.001, interval: [-0.004, 0.001], days: 63 * 4 },
    { mean: 0.001, interval: [0, 0.002], days: 63 },
  ] as const)('follow from the interval: $mean in $interval', ({ mean, interval, days }) => {
    const needed = days * (1.959963984540054 / 1.6448536269514722) ** 2;
    expect(weeksToTellPair(comparison(mean, interval))).toBe(Math.ceil((needed - 63) / 7));
  });

  test('are 0 once the difference is told', () => {
    expect(weeksToTellPair(comparison(0.003, [0.002, 0.004]))).toBe(0);
  });

  test('are unknown where waiting does not help, and where there is no difference', () => {
    for (const withheld of ['EQUAL', 'NO_VARIATION', 'IN_SAMPLE', 'RUINED'] as const)
      expect(weeksToTellPair({ ...NOTHING, withheld })).toBeNull();
    expect(weeksToTellPair(comparison(0, [-0.001, 0.001]))).toBeNull();
  });
});
