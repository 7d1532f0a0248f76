import fc from 'fast-check';
import { expect, it } from 'vitest';
import { quantileOf } from '../../../src/statistics/quantile.ts';

it('quantiles are interpolated linearly', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (values, level) => {
        const sorted = Float64Array.from(values).sort();
        const quantile = quantileOf(sorted, level);
        const position = level * (sorted.length - 1);
        expect(quantile).toBeGreaterThanOrEqual(sorted[Math.floor(position)]! - 1e-6);
        expect(quantile).toBeLessThanOrEqual(sorted[Math.ceil(position)]! + 1e-6);
      },
    ),
  );
  expect(quantileOf(Float64Array.of(1, 2, 4), 0.75)).toBe(3);
});
