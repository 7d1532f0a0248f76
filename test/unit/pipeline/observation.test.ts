import { describe, expect, it } from 'vitest';
import { observation } from '../../../src/pipeline/observation.ts';

describe('the observation', () => {
  const window = Float32Array.from({ length: 2 * 28 }, (_, i) => i);
  const forecast = Float64Array.from({ length: 35 }, (_, i) => 1000 + i);
  const account = [0, 0, 0, 0, 0, 0, 192, 1, 0.1];

  it('is the last row, the forecast and the account, 72 float32', () => {
    const expected = [...window.slice(28), ...forecast, ...account.slice(0, 8), Math.fround(0.1)];
    expect(observation(window, forecast, account)).toEqual(Float32Array.from(expected));
  });

  it('refuses a wrong number of values', () => {
    expect(() => observation(window, forecast.slice(1), account)).toThrow('35 forecast features, not 34');
    expect(() => observation(window, forecast, [])).toThrow('9 account values, not 0');
    expect(() => observation(window.slice(30), forecast, account)).toThrow('28 scaled features, not 26');
  });
});
