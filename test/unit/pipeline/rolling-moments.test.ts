import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RollingMoments } from '../../../src/pipeline/features/rolling-moments.ts';

/** Mean and deviation of a window by definition, in two passes. */
function plainMoments(values: readonly number[]): { mean: number; std: number } {
  const shift = values[0]!;
  const mean = shift + values.reduce((sum, value) => sum + (value - shift), 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, std: Math.sqrt(squares / values.length) };
}

describe('rolling moments', () => {
  it('equal the moments of the window computed alone', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 200 }),
        fc.integer({ min: 1, max: 50 }),
        (values, size) => {
          const moments = new RollingMoments(size);
          values.forEach((value, i) => {
            moments.push(value);
            if (i + 1 < size) {
              expect(moments.standardDeviation).toBeNaN();
              return;
            }
            const { mean, std } = plainMoments(values.slice(i + 1 - size, i + 1));
            expect(Math.abs(moments.mean - mean)).toBeLessThanOrEqual(1e-8);
            expect(Math.abs(moments.standardDeviation - std)).toBeLessThanOrEqual(1e-8);
          });
        },
      ),
    );
  });

  it('stay exact over 200,000 values with a mean a million times their deviation', () => {
    const size = 96;
    const value = (i: number) => 1e3 + Math.sin(i * 12.9898) * 1e-3;
    const moments = new RollingMoments(size);
    for (let i = 0; i < 200_000; i++) moments.push(value(i));
    const { std } = plainMoments(Array.from({ length: size }, (_, k) => value(200_000 - size + k)));
    expect(Math.abs(moments.standardDeviation / std - 1)).toBeLessThan(1e-9);
  });

  it('do not depend on an outlier or a NaN that left the window', () => {
    const moments = new RollingMoments(16);
    for (const value of [1e15, Number.NaN, ...Array.from({ length: 16 }, (_, i) => (i % 2) * 1e-6)]) {
      moments.push(value);
    }
    expect(moments.mean).toBeCloseTo(5e-7, 18);
    expect(moments.standardDeviation).toBeCloseTo(5e-7, 18);
  });

  it.each([0.1, 1e300, -7, 0])('are exactly flat where every value is %d', (constant) => {
    const moments = new RollingMoments(96);
    for (let i = 0; i < 40; i++) moments.push(i);
    for (let i = 0; i < 1000; i++) {
      moments.push(constant);
      if (i >= 95) expect([moments.mean, moments.standardDeviation]).toEqual([constant, 0]);
    }
  });
});
