// promise: statistics.md, table "Two packages"

import { describe, expect, it } from 'vitest';
import { type ComparedPair, comparisonSentence } from '../../../src/statistics/comparison-sentence.ts';
import { gradeOf, type PairWithheld } from '../../../src/statistics/paired-comparison.ts';

/** A day's rate that gives `percent` a month. */
const daily = (percent: number) => Math.log1p(percent / 100) / 30.4;

function pair(p: number, rates: readonly [number, number, number], comparisons = 1): ComparedPair {
  const [lower, mean, upper] = rates.map(daily);
  const difference = {
    ...{ seed: 'pair|2025-03-03', block: 4, widening: 1.1, shareAhead: 0.9, p, grade: gradeOf(p, mean!) },
    ...{ mean: mean!, interval: [lower!, upper!] as const },
  };
  const comparison = { days: 63, activeDays: 60, withheld: null, difference };
  return { a: 'alpha', b: 'beta', comparison, adjustedP: p, comparisons };
}

const withheld = (code: PairWithheld, days: number, activeDays: number): ComparedPair => ({
  ...pair(1, [0, 0, 0], 6),
  comparison: { days, activeDays, withheld: code, difference: null },
});

describe('the sentence about two packages', () => {
  it.each([
    [
      pair(0.05, [0.001, 0.03, 0.07]),
      'alpha earned more than beta: 0.03 % a month (0.00 to 0.07). Chance alone rarely does this.',
    ],
    [
      pair(0.5, [-0.002, 0.001, 0.003]),
      'No difference can be told after 63 days: anything from -0.002 % to +0.003 % a month fits.',
    ],
    [
      pair(0.05, [0.4, 1.2, 2]),
      'alpha earned more than beta: 1.2 % a month (0.4 to 2.0). Chance alone rarely does this.',
    ],
    [
      pair(0.2, [-0.2, 1.2, 2.6]),
      'alpha seems ahead of beta, but chance could do this: 1.2 % a month (-0.2 to 2.6).',
    ],
    [
      pair(0.21, [-0.9, 0.3, 1.4]),
      'No difference can be told after 63 days: anything from -0.9 % to +1.4 % a month fits.',
    ],
    [
      pair(0.12, [-100 / 51, -100 / 101, 0], 6),
      'beta seems ahead of alpha, but chance could do this: 1.0 % a month (0.0 to 2.0). This is one of 6 comparisons.',
    ],
    [
      pair(0.3, [0.4, 1.2, 2], 21),
      'No difference can be told after 63 days: anything from +0.4 % to +2.0 % a month fits. ' +
        'This is one of 21 comparisons; among so many, chance makes some look this different.',
    ],
    [
      pair(0.01, [-100 / 26, -100 / 51, -100 / 101]),
      'beta earned more than alpha: 2.0 % a month (1.0 to 4.0). Chance alone rarely does this.',
    ],
    [
      pair(0.5, [-99.99, 0, 9000]),
      'No difference can be told after 63 days: anything from -100.0 % to over 1,000 % a month fits.',
    ],
  ])('%#', (compared, sentence) => {
    expect(comparisonSentence(compared)).toBe(sentence);
  });

  it.each([
    [withheld('FEW_DAYS', 12, 12), 'They have 12 whole days in common; 30 are needed to compare them.'],
    [withheld('FEW_DAYS', 1, 1), 'They have 1 whole day in common; 30 are needed to compare them.'],
    [withheld('EQUAL', 40, 0), 'Both had the same result on each of 40 days.'],
    [
      withheld('FEW_ACTIVE_DAYS', 40, 5),
      'Their results differ on 5 of 40 days; 10 are needed to compare them.',
    ],
    [
      withheld('NO_VARIATION', 40, 40),
      'Their results differ by the same amount on each of 40 days, so chance cannot be measured.',
    ],
  ])('says what is missing (%#)', (compared, sentence) => {
    expect(comparisonSentence(compared)).toBe(sentence);
  });
});
