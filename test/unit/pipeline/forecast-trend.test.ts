import { describe, expect, it } from 'vitest';
import { forecastTrend, quantileSummary } from '../../../src/pipeline/forecast-trend.ts';

function forecastEndingAt(mid: number): Float64Array {
  const quantiles = Float64Array.from({ length: 192 * 3 }, (_, i) => i);
  quantiles[191 * 3 + 1] = mid;
  return quantiles;
}

describe('the trend of a forecast', () => {
  it.each([
    [0.0011, 'bullish'],
    [0.001, 'neutral'],
    [0, 'neutral'],
    [-0.001, 'neutral'],
    [-0.0011, 'bearish'],
  ])('that ends at %d is %s', (mid, trend) => {
    expect(forecastTrend(forecastEndingAt(mid))).toBe(trend);
  });
});

it('the summary of a forecast shows its quantiles at 1, 4, 12, 24 and 48 hours', () => {
  const summary = quantileSummary(forecastEndingAt(0), { forecastFeatures: 'steps', horizonSteps: 192 });
  expect(summary.map(({ step }) => step)).toEqual([4, 16, 48, 96, 192]);
  expect(summary[0]).toEqual({ step: 4, low: 9, mid: 10, high: 11 });
  expect(summary[4]).toEqual({ step: 192, low: 573, mid: 0, high: 575 });
});
