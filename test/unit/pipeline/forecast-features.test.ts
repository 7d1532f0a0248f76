import { describe, expect, it } from 'vitest';
import {
  type ForecastFeatureDefinition,
  forecastFeatures as featuresBy,
  quantileSteps,
} from '../../../src/pipeline/forecast-features.ts';
import { GOLDEN_PACKAGES, goldenPackage, readFixture } from '../../helper/golden.ts';

const FORECAST_SIZE = 192 * 3;

function forecastFeatures(quantiles: ArrayLike<number>): Float64Array {
  return featuresBy(quantiles, 'steps');
}

/** A forecast whose quantiles at step h are middle(h) -/+ 1. */
function forecastOf(middle: (step: number) => number): Float64Array {
  return Float64Array.from({ length: FORECAST_SIZE }, (_, i) => middle(Math.floor(i / 3) + 1) + (i % 3) - 1);
}

describe('forecast features', () => {
  it.each(GOLDEN_PACKAGES)('equal the original for the forecasts of %s', (name) => {
    for (const golden of goldenPackage(name).cases) {
      const features = forecastFeatures(golden.quantiles.flat());
      expect(features.length).toBe(golden.forecast_features.length);
      features.forEach((value, i) => {
        const expected = golden.forecast_features[i]!;
        expect(Math.abs(value - expected)).toBeLessThanOrEqual(2e-7 * Math.max(1e-3, Math.abs(expected)));
      });
    }
  });

  it('put the quantiles first, then the path', () => {
    const features = forecastFeatures(forecastOf((step) => step * 10));
    expect([...features.slice(0, 15)]).toEqual([
      39, 40, 41, 159, 160, 161, 479, 480, 481, 959, 960, 961, 1919, 1920, 1921,
    ]);
    expect([...features.slice(15, 27)]).toEqual(Array.from({ length: 12 }, (_, i) => (i + 1) * 160));
  });

  it.each<[string, (step: number) => number, number[]]>([
    ['rises', (step) => step, [0, 192, 0, 1, 0, 192, 1, 1]],
    ['falls', (step) => -step, [-192, 0, 1, 0, 192, 0, -1, -1]],
    ['stays flat', () => 0, [0, 0, 0, 0, 0, 0, 0, 0]],
    [
      'rises for half a day and falls below the start',
      (step) => (step <= 48 ? step : 96 - step),
      [-96, 48, 1, 0.25, 144, 48, 1, -1],
    ],
    [
      'reaches its lowest and highest twice, of which the first counts',
      (step) => [0, 2, 0, -2][step % 4]!,
      [-2, 2, 3 / 192, 1 / 192, 4, 4, 0, 0],
    ],
  ])('describe a curve that %s', (_, middle, expected) => {
    expect([...forecastFeatures(forecastOf(middle)).slice(27)]).toEqual(expected);
  });

  it('leave crossing quantiles as they are', () => {
    const crossed = forecastOf(() => 0).map((value) => -value);
    expect([...forecastFeatures(crossed).slice(0, 3)]).toEqual([1, -0, -1]);
  });

  it('refuse a forecast of another size', () => {
    expect(() => forecastFeatures(new Float32Array(16 * 3))).toThrow(
      'Forecast features by steps need 192 steps, not 16.',
    );
  });
});

describe('both definitions', () => {
  interface GoldenForecast {
    readonly horizon: number;
    readonly definition: ForecastFeatureDefinition;
    readonly quantiles: readonly (readonly number[])[];
    readonly forecast_features: readonly number[];
  }
  const { cases } = readFixture<{ readonly cases: readonly GoldenForecast[] }>(
    'golden/forecast_features.json.gz',
  );

  it.each(cases.map((golden, index) => [index + 1, golden.definition, golden.horizon, golden] as const))(
    'equal the original in case %i: %s, %i steps',
    (_index, definition, horizon, golden) => {
      expect(golden.quantiles).toHaveLength(horizon);
      const features = featuresBy(Float32Array.from(golden.quantiles.flat()), definition);
      const differing = [...features].flatMap((value, i) => {
        const expected = golden.forecast_features[i]!;
        return Math.abs(value - expected) <= 2e-7 * Math.max(1e-3, Math.abs(expected))
          ? []
          : [[i, value, expected]];
      });
      expect(differing).toEqual([]);
    },
  );

  it('fractions round half to even', () => {
    // (16 - 1) * 0.5 = 7.5 rounds to 8, (18 - 1) * 0.5 = 8.5 too: rows count from 0, steps from 1.
    expect(quantileSteps('fractions', 16)[3]).toBe(9);
    expect(quantileSteps('fractions', 18)[3]).toBe(9);
  });

  it('fractions reach from the first to the last of two steps', () => {
    expect(quantileSteps('fractions', 2)).toEqual([1, 1, 1, 1, 2]);
  });
});
