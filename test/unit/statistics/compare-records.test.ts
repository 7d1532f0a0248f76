import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../../src/candle.ts';
import { createCompareRecords, type NamedRecord } from '../../../src/statistics/compare-records.ts';
import { seededRandom } from '../../helper/random.ts';

const START = Date.UTC(2026, 0, 5);

/** Random daily returns around `mean` a day. */
function record(name: string, mean: number, days = 60, from = START): NamedRecord {
  const random = seededRandom(name.charCodeAt(0));
  const values = Array.from({ length: days }, () => mean + (random() - 0.5) / 100);
  return { name, dailyReturns: { from, values }, withheld: null };
}

describe('records that are compared', () => {
  const { all, measure } = createCompareRecords(async () => {});

  it('are told apart, each from each, with p-values that count all pairs', async () => {
    const pairs = await all([record('gamma', 0), record('alpha', 0.01), record('beta', 0)]);
    expect(pairs.map(({ a, b }) => [a, b])).toEqual([
      ['alpha', 'beta'],
      ['alpha', 'gamma'],
      ['beta', 'gamma'],
    ]);
    expect(pairs[0]!.sentence).toMatch(/^alpha earned more than beta: .* This is one of 3 comparisons\.$/);
    expect(pairs[2]!.sentence).toMatch(/^No difference can be told after 60 days: /);
    expect(pairs.map(({ grade }) => grade)).toEqual(['A_CLEAR', 'A_CLEAR', 'NONE']);
    for (const { comparison, adjustedP } of pairs)
      expect(adjustedP).toBeGreaterThanOrEqual(comparison.difference!.p);
  });

  it('say the same in any order', async () => {
    const records = ['alpha', 'beta', 'gamma', 'delta'].map((name, index) => record(name, index / 1000));
    const expected = await all(records);
    const permutations = fc.shuffledSubarray(records, { minLength: 4 });
    await fc.assert(
      fc.asyncProperty(permutations, async (permuted) => {
        expect(await all(permuted)).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });

  it('have only the days that both have', async () => {
    const late = record('beta', 0, 60, START + 25 * DAY_MS);
    const { comparison } = (await all([record('alpha', 0), late]))[0]!;
    expect(comparison).toMatchObject({ days: 35, withheld: null });
    expect(comparison.difference!.seed).toBe('pair|2026-01-30');
  });

  it.each([
    ['FEW_DAYS', record('beta', 0, 29), 'They have 29 whole days in common; 30 are needed to compare them.'],
    ['EQUAL', { ...record('alpha', 0.01), name: 'beta' }, 'Both had the same result on each of 60 days.'],
    [
      'IN_SAMPLE',
      { ...record('beta', 0), withheld: 'IN_SAMPLE' as const },
      'One of them was trained on candles of this range, so its result is no evidence.',
    ],
    [
      'FEW_DAYS',
      { name: 'beta', dailyReturns: { from: null, values: [] }, withheld: null },
      'They have 0 whole days in common; 30 are needed to compare them.',
    ],
    [
      'RUINED',
      { name: 'beta', dailyReturns: { from: null, values: [] }, withheld: 'RUINED' as const },
      'One of them lost all of its equity, so there is no rate to compare.',
    ],
  ])('are not told apart: %s', async (withheld, other, sentence) => {
    const [told] = await all([record('alpha', 0.01), other]);
    expect(told).toMatchObject({
      sentence,
      adjustedP: null,
      grade: null,
      comparison: { withheld, difference: null },
    });
  });

  it('count only pairs that can be told', async () => {
    const pairs = await all([record('alpha', 0.01), record('beta', 0), record('gamma', 0, 12)]);
    expect(pairs.map(({ comparison }) => comparison.withheld)).toEqual([null, 'FEW_DAYS', 'FEW_DAYS']);
    expect(pairs[0]!.adjustedP).toBe(pairs[0]!.comparison.difference!.p);
    expect(pairs[0]!.sentence).toMatch(/Chance alone rarely does this\.$/);
  });

  it('are compared once while their days are the same', async () => {
    const [a, b] = [record('alpha', 0), record('beta', 0)];
    const compare = async (one: NamedRecord, other: NamedRecord) => (await measure(one, other)).comparison;
    expect(await compare(a, b)).toBe(await compare({ ...a }, { ...b, name: 'gamma' }));
    expect(await compare(a, b)).not.toBe(await compare(b, a));
  });
});
