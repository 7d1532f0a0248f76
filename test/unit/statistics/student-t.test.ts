import { describe, expect, it } from 'vitest';
import { studentTCdf, studentTQuantile } from '../../../src/statistics/student-t.ts';

/** t, degrees, probability; by mpmath with 40 digits. */
const PROBABILITIES: readonly (readonly [number, number, number])[] = [
  [0.7, 0.5, 0.6572996687396168],
  [40, 0.5, 0.9492951000352529],
  [0.01, 1, 0.5031829927649083],
  [1.96, 2.5, 0.918526217763593],
  [0.7, 6.5, 0.7459019080618928],
  [1.96, 19, 0.9675855103555154],
  [4.5, 19, 0.9998774077442079],
  [0.01, 29.4, 0.5039555812740618],
  [1.96, 333.3, 0.9745856571086727],
  [4.5, 333.3, 0.9999952993168405],
  [0.7, 12000.5, 0.7580295631490257],
  [1.96, 3_000_000, 0.9750020586369865],
];

/** Probability, degrees, quantile. */
const QUANTILES: readonly (readonly [number, number, number])[] = [
  [0.95, 0.7, 13.587121347511173],
  [0.95, 1, 6.313751514675043],
  [0.95, 6.5, 1.916735891524927],
  [0.975, 24, 2.063898561628026],
  [0.6, 2000, 0.2533808068206654],
  [0.999, 0.7, 3637.014630105736],
];

describe("Student's t distribution", () => {
  it.each(PROBABILITIES)('P(T <= %d) with %d degrees is exact to 1e-12', (t, degrees, expected) => {
    expect(Math.abs(studentTCdf(t, degrees) - expected)).toBeLessThan(1e-12);
    expect(Math.abs(studentTCdf(-t, degrees) - (1 - expected))).toBeLessThan(1e-12);
  });

  it.each(QUANTILES)('the quantile %d with %d degrees is exact to 1e-12', (p, degrees, expected) => {
    expect(Math.abs(studentTQuantile(p, degrees) / expected - 1)).toBeLessThan(1e-12);
    expect(Math.abs(studentTQuantile(1 - p, degrees) / -expected - 1)).toBeLessThan(1e-11);
  });

  it('has its median at 0 and its ends at the infinities', () => {
    expect(studentTCdf(0, 3)).toBe(0.5);
    expect([0, 0.5, 1].map((p) => studentTQuantile(p, 3))).toEqual([-Infinity, 0, Infinity]);
    expect([-Infinity, 1e200, Infinity].map((t) => studentTCdf(t, 3))).toEqual([0, 1, 1]);
  });

  it('refuses what is no probability and no number of degrees', () => {
    expect(() => studentTCdf(1, 0)).toThrow(RangeError);
    expect(() => studentTQuantile(0.5, Number.NaN)).toThrow(RangeError);
    expect(() => studentTQuantile(1.1, 5)).toThrow(RangeError);
  });
});
