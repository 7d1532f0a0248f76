import { describe, expect, it } from 'vitest';
import { longRunVariance } from '../../../src/statistics/long-run-variance.ts';
import { wilsonInterval } from '../../../src/statistics/wilson.ts';

describe('longRunVariance', () => {
  it('weights autocovariances by their distance', () => {
    // Deviations -1.5, -0.5, 0.5, 1.5: g0 = 5/4, g1 = (0.75 - 0.25 + 0.75)/4, g2 = (-0.75 - 0.75)/4.
    expect(longRunVariance([1, 2, 3, 4], 0)).toBe(1.25);
    expect(longRunVariance([1, 2, 3, 4], 2)).toBeCloseTo(1.25 + 2 * ((2 / 3) * 0.3125 - (1 / 3) * 0.375), 12);
  });

  it('has no autocovariance beyond the series', () => {
    expect(longRunVariance([5], 3)).toBe(0);
    expect(longRunVariance([1, 2], 9)).toBeCloseTo(0.25 - 2 * 0.9 * 0.125, 12);
    expect(() => longRunVariance([], 1)).toThrow(RangeError);
  });
});

describe('wilsonInterval', () => {
  it('agrees with a published value', () => {
    const [lower, upper] = wilsonInterval(0.5, 10);
    expect(lower).toBeCloseTo(0.2692718, 6);
    expect(upper).toBeCloseTo(0.7307282, 6);
  });

  it('stays inside 0..1', () => {
    expect(wilsonInterval(0, 12)[0]).toBe(0);
    expect(wilsonInterval(1, 12)[1]).toBeLessThanOrEqual(1);
    expect(() => wilsonInterval(0.5, 0)).toThrow(RangeError);
  });
});
