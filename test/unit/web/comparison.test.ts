import { describe, expect, test } from 'vitest';
import type { PairsAnswer } from '../../../src/http/comparison/schema.ts';
import { conclusionOf } from '../../../src/web/views/compare/conclusion.ts';
import { differenceOf, scaleGrowth } from '../../../src/web/views/compare/difference-curve.ts';
import { chosenOf, replaced } from '../../../src/web/views/compare/selection.ts';

type Pair = PairsAnswer['pairs'][number];

const nameOf = (id: string) => id.replace('paper_', '');

const CLEAR: Pair = {
  ...{ a: 'paper_alpha', b: 'paper_beta', days: 63, active_days: 60, withheld: null, verdict: 'A_CLEAR' },
  difference: { mean: 0.001, interval: [0.0005, 0.0015], share_ahead: 0.98, p: 0.01, adjusted_p: 0.02 },
  sentence:
    'paper_alpha earned more than paper_beta: 3.1 % a month (1.5 to 4.7). Chance alone rarely does this.',
  weeks_to_tell: 0,
};
const NONE: Pair = {
  ...{ ...CLEAR, a: 'paper_alpha', b: 'paper_gamma', verdict: 'NONE', weeks_to_tell: 34 },
  difference: { mean: -0.0001, interval: [-0.001, 0.001], share_ahead: 0.4, p: 0.8, adjusted_p: 0.8 },
  sentence: 'No difference can be told after 63 days: anything from -0.9 % to +1.4 % a month fits.',
};
const FEW_DAYS: Pair = {
  ...{ ...NONE, days: 12, withheld: 'FEW_DAYS', verdict: null, difference: null, weeks_to_tell: 3 },
  sentence: 'They have 12 whole days in common; 30 are needed to compare them.',
};

describe('the conclusion of a comparison', () => {
  test('is the graded sentence, with names', () => {
    expect(conclusionOf([CLEAR], nameOf, true)).toEqual({
      headline: 'alpha earned more than beta: 3.1 % a month (1.5 to 4.7).',
      details: ['Chance alone rarely does this.', 'alpha is ahead in 98 of 100 resampled pasts.'],
    });
  });

  test('says when something could be told', () => {
    expect(conclusionOf([NONE], nameOf, true)).toEqual({
      headline: 'No difference can be told after 63 days: anything from -0.9 % to +1.4 % a month fits.',
      details: [
        'gamma is ahead in 60 of 100 resampled pasts.',
        'If it stays as it is, it can be told in 34 weeks.',
      ],
    });
    expect(conclusionOf([FEW_DAYS], nameOf, true).details).toEqual(['They can be compared in 3 weeks.']);
    expect(conclusionOf([FEW_DAYS], nameOf, false).details).toEqual([
      'They can be compared over a range that is 3 weeks longer.',
    ]);
    expect(conclusionOf([{ ...NONE, weeks_to_tell: null }], nameOf, true).details).toContain(
      'At this pace it can never be told.',
    );
    expect(conclusionOf([{ ...NONE, weeks_to_tell: 521 }], nameOf, true).details).toContain(
      'If it stays as it is, it can be told in more than ten years.',
    );
  });

  test('of several begins with the clearest pair', () => {
    expect(conclusionOf([NONE, CLEAR, FEW_DAYS], nameOf, true)).toEqual({
      headline: 'alpha earned more than beta: 3.1 % a month (1.5 to 4.7).',
      details: ['A difference can be told in 1 of 3 pairs.'],
    });
    expect(conclusionOf([NONE, FEW_DAYS], nameOf, true).headline).toBe(
      'Nothing can be told between these: 2 pairs, no difference.',
    );
  });
});

describe('the choice of what is compared', () => {
  const candidates = ['a1', 'a2', 'b1', 'c1'].map((key) => ({ key, model_package_id: key.charAt(0) }));
  const keysOf = (named: string | undefined) => chosenOf(candidates, named).map(({ key }) => key);

  test('is what the address names, in its order, by keys or packages', () => {
    expect(keysOf('c1,a2,b1')).toEqual(['c1', 'a2', 'b1']);
    expect(keysOf('b,a')).toEqual(['b1', 'a1']);
  });

  test('is completed to two, of different packages if there are any', () => {
    expect(keysOf(undefined)).toEqual(['a1', 'b1']);
    expect(keysOf('gone,c1')).toEqual(['c1', 'a1']);
    expect(chosenOf(candidates.slice(0, 2), undefined)).toHaveLength(2);
    expect(chosenOf([], 'a1')).toEqual([]);
  });

  test('changes at one place; one that is chosen elsewhere changes places', () => {
    expect(replaced(['a1', 'b1'], 1, 'c1')).toEqual(['a1', 'c1']);
    expect(replaced(['a1', 'b1'], 0, 'b1')).toEqual(['b1', 'a1']);
  });
});

describe('curves of two', () => {
  const points = (...values: readonly (readonly [number, number])[]) =>
    values.map(([time, value]) => ({ time, value }));

  test('differ at every time of either, from where both have begun', () => {
    const first = points([10, 0], [20, 1], [40, 3]);
    const second = points([15, 0], [30, 2]);
    expect(differenceOf(first, second)).toEqual(points([15, 0], [20, 1], [30, -1], [40, 1]));
    expect(differenceOf(first, [])).toEqual([]);
  });

  test('need a taller scale with others', () => {
    expect(scaleGrowth([points([1, -1], [2, 1])], points([1, 5]))).toBe(3);
    expect(scaleGrowth([points([1, -1], [2, 1])], points([1, 0.5]))).toBe(1);
    expect(scaleGrowth([points([1, 0])], points([1, 5]))).toBe(Infinity);
  });
});
