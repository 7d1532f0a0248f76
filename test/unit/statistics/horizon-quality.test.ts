import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_PIPELINE } from '../../../src/pipeline/default-pipeline.ts';
import { type IndexedForecast, measureHorizons } from '../../../src/statistics/horizon-quality.ts';
import { SortedWindow } from '../../../src/statistics/sorted-window.ts';
import { seededRandom, spread } from '../../helper/random.ts';

const noPause = async () => {};
const LEVELS = DEFAULT_PIPELINE.quantileLevels;

const closes = (() => {
  const next = spread(seededRandom(3), 0.002);
  const values = new Float64Array(3400).fill(100);
  for (let i = 1; i < values.length; i++) values[i] = values[i - 1]! * Math.exp(next());
  return values;
})();

/** A forecast with the same quantiles at every horizon. */
function constant(index: number, low: number, mid: number, high: number): IndexedForecast {
  return { index, quantiles: Float64Array.from({ length: 576 }, (_, i) => [low, mid, high][i % 3]!) };
}

function outcome(index: number, horizon: number): number {
  return Math.log(closes[index + horizon]!) - Math.log(closes[index]!);
}

function pinball(quantiles: readonly number[], y: number): number {
  return (
    quantiles.reduce((sum, q, i) => sum + Math.max(LEVELS[i]! * (y - q), (LEVELS[i]! - 1) * (y - q)), 0) / 3
  );
}

function sortedQuantile(values: readonly number[], level: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const position = level * (sorted.length - 1);
  const below = Math.floor(position);
  return sorted[below]! + (position - below) * ((sorted[below + 1] ?? sorted[below]!) - sorted[below]!);
}

describe('measureHorizons', () => {
  const forecasts = [2950, 2951, 3000, 3190, 3370].map((index) => constant(index, -0.02, 0.001, 0.02));

  it('measures the share of outcomes in the band, and the loss compared with historical quantiles', async () => {
    const horizon = 16;
    const [quality] = await measureHorizons(
      { closes, forecasts, pipeline: DEFAULT_PIPELINE, horizons: [horizon] },
      noPause,
    );
    const outcomes = forecasts.map(({ index }) => outcome(index, horizon));
    const historical = forecasts.map(({ index }) => {
      const returns = Array.from({ length: 2880 }, (_, i) => outcome(index - i - horizon, horizon));
      return LEVELS.map((level) => sortedQuantile(returns, level));
    });
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const loss = mean(outcomes.map((y) => pinball([-0.02, 0.001, 0.02], y)));
    const past = mean(outcomes.map((y, i) => pinball(historical[i]!, y)));
    expect(quality).toEqual({
      horizon,
      forecasts: 5,
      coverage: outcomes.filter((y) => Math.abs(y) <= 0.02).length / 5,
      nominal: 0.8,
      compared: 5,
      pinball: expect.closeTo(loss, 12),
      historicalPinball: expect.closeTo(past, 12),
      skill: expect.closeTo(1 - loss / past, 10),
    });
  });

  it('ignores forecasts whose horizon has not passed', async () => {
    const qualities = await measureHorizons({ closes, forecasts, pipeline: DEFAULT_PIPELINE }, noPause);
    expect(qualities.map(({ horizon, forecasts: count }) => [horizon, count])).toEqual([
      [4, 5],
      [16, 5],
      [48, 4],
      [96, 4],
      [192, 4],
    ]);
  });

  it('sorts crossed quantiles for the band', async () => {
    const crossed = [constant(3000, 0.5, 0, -0.5)];
    const [quality] = await measureHorizons(
      { closes, forecasts: crossed, pipeline: DEFAULT_PIPELINE },
      noPause,
    );
    expect(quality!.coverage).toBe(1);
  });

  it('compares only forecasts with a complete baseline', async () => {
    const early = [
      constant(2000, -0.02, 0, 0.02),
      constant(2882, -0.02, 0, 0.02),
      constant(2883, -0.02, 0, 0.02),
    ];
    const [quality] = await measureHorizons(
      { closes, forecasts: early, pipeline: DEFAULT_PIPELINE },
      noPause,
    );
    expect(quality).toMatchObject({ horizon: 4, forecasts: 3, compared: 1 });
  });

  it('is null without forecasts', async () => {
    const [quality] = await measureHorizons({ closes, forecasts: [], pipeline: DEFAULT_PIPELINE }, noPause);
    expect(quality).toMatchObject({ forecasts: 0, coverage: null, pinball: null, skill: null });
  });
});

it('a sorted window gives the quantiles of its numbers after any additions and removals', () => {
  const small = fc.integer({ min: -20, max: 20 });
  fc.assert(
    fc.property(fc.array(small, { maxLength: 60 }), fc.nat(20), (values, length) => {
      const window = new SortedWindow(length + 1);
      values.forEach((value, index) => {
        if (index > length) window.remove(values[index - length - 1]!);
        window.add(value);
        if (value === 7)
          window.refill(Float64Array.from(values.slice(Math.max(0, index - length), index + 1)));
        const expected = values.slice(Math.max(0, index - length), index + 1);
        expect(window.count).toBe(expected.length);
        for (const level of [0, 0.3, 1]) {
          expect(window.quantile(level)).toBeCloseTo(sortedQuantile(expected, level), 10);
        }
      });
    }),
  );
});

it('a sorted window refuses more numbers than its capacity, and to remove a missing number', () => {
  const window = new SortedWindow(1);
  window.add(1);
  expect(() => window.add(2)).toThrow('The window already holds 1 numbers.');
  expect(() => window.remove(2)).toThrow('2 is not in the window.');
  expect(() => window.refill(Float64Array.of(1, 2))).toThrow('The window holds at most 1 numbers, not 2.');
});
