import { describe, expect, it } from 'vitest';
import { featureNamed } from '../../../src/pipeline/features/catalogue.ts';
import { normalizeObservation, observation } from '../../../src/pipeline/observation.ts';

const NAMES = ['ret_1', 'rsi_14', 'hour_sin'];
const pipeline = {
  features: NAMES.map(featureNamed),
  observation: ['core', 'forecast', 'account'],
  observationSize: 3 + 35 + 9,
} as const;

describe('the observation', () => {
  const features = Float32Array.of(3, 4, 5);
  const forecast = Float64Array.from({ length: 35 }, (_, i) => 1000 + i);
  const account = [0, 0, 0, 0, 0, 0, 192, 1, 0.1];

  it('is the scaled features, the forecast and the account as float32', () => {
    const expected = [3, 4, 5, ...forecast, ...account.slice(0, 8), Math.fround(0.1)];
    expect(observation(pipeline, { features, forecast, account })).toEqual(Float32Array.from(expected));
  });

  it('has only the blocks of its pipeline', () => {
    const subset = { ...pipeline, observation: ['core', 'account'], observationSize: 12 } as const;
    expect(observation(subset, { features, forecast, account })).toEqual(
      Float32Array.from([3, 4, 5, ...account]),
    );
  });

  it('refuses a wrong number of values', () => {
    const inputs = { features, forecast, account };
    expect(() => observation(pipeline, { ...inputs, forecast: forecast.slice(1) })).toThrow(
      '35 forecast features, not 34',
    );
    expect(() => observation(pipeline, { ...inputs, account: [] })).toThrow('9 account values, not 0');
    expect(() => observation(pipeline, { ...inputs, features: features.slice(1) })).toThrow(
      '3 scaled features, not 2',
    );
  });
});

describe('a normalized observation', () => {
  const observations = {
    mean: Float64Array.of(1, 0, 0),
    variance: Float64Array.of(4, 0, 1),
    epsilon: 1e-8,
    clip: 10,
    count: 100,
  };

  it('is shifted, scaled and clipped in float64, then rounded to float32', () => {
    const normalized = normalizeObservation(Float32Array.of(2, -1, 0.1), { observations });
    const third = Math.fround(Math.fround(0.1) / Math.sqrt(1 + 1e-8));
    expect(normalized).toEqual(Float32Array.of(1 / Math.sqrt(4 + 1e-8), -10, third));
  });

  it('stays as it is without statistics', () => {
    const values = Float32Array.of(2, -1, 100);
    expect(normalizeObservation(values, undefined)).toEqual(values);
    expect(normalizeObservation(values, { observations: undefined })).toEqual(values);
  });
});
