import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_PIPELINE } from '../../../src/pipeline/default-pipeline.ts';
import { climatologyReturns } from '../../../src/statistics/climatology.ts';
import { type IndexedForecast, measureHorizons } from '../../../src/statistics/horizon-quality.ts';
import { SortedWindow } from '../../../src/statistics/sorted-window.ts';
import { expectFiniteNumbers } from '../../helper/finite-numbers.ts';
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

/** A forecast on each of these candles, `spacing` apart. */
function series(from: number, spacing: number, count: number): IndexedForecast[] {
  return Array.from({ length: count }, (_, i) => constant(from + i * spacing, -0.02, 0.001, 0.02));
}

function measure(forecasts: readonly IndexedForecast[], horizons?: readonly number[], prices = closes) {
  const pipeline = DEFAULT_PIPELINE;
  return measureHorizons(
    { closes: prices, forecasts, pipeline, ...(horizons === undefined ? {} : { horizons }) },
    noPause,
  );
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('measureHorizons', () => {
  it('measures shares of outcomes, and the loss compared with past returns and a random walk', async () => {
    const horizon = 16;
    const forecasts = series(2950, horizon, 22);
    const [quality] = await measure(forecasts, [horizon]);
    const outcomes = forecasts.map(({ index }) => outcome(index, horizon));
    const past = forecasts.map(({ index }) => {
      const returns = Array.from({ length: 2880 }, (_, i) => outcome(index - i - horizon, horizon));
      return LEVELS.map((level) => sortedQuantile(returns, level));
    });
    const walk = forecasts.map(({ index }) => {
      const squares = Array.from({ length: 96 }, (_, i) => outcome(index - i - 1, 1) ** 2);
      return [-1.2815515655446004, 0, 1.2815515655446004].map((z) => z * Math.sqrt(mean(squares) * horizon));
    });
    const loss = mean(outcomes.map((y) => pinball([-0.02, 0.001, 0.02], y)));
    const pastLoss = mean(outcomes.map((y, i) => pinball(past[i]!, y)));
    const walkLoss = mean(outcomes.map((y, i) => pinball(walk[i]!, y)));
    expect(quality).toMatchObject({
      ...{ horizon, forecasts: 22, independent: 22, nominal: 0.8, compared: 22, comparedIndependent: 22 },
      coverage: outcomes.filter((y) => Math.abs(y) <= 0.02).length / 22,
      below: [-0.02, 0.001, 0.02].map((quantile) => outcomes.filter((y) => y < quantile).length / 22),
      pinball: expect.closeTo(loss, 12),
      climatology: expect.closeTo(pastLoss, 12),
      randomWalk: expect.closeTo(walkLoss, 10),
      sharpness: {
        width: expect.closeTo(0.04, 12),
        relative: expect.closeTo(0.04 / mean(past.map(([low, , high]) => high! - low!)), 10),
      },
      againstClimatology: { skill: expect.closeTo(1 - loss / pastLoss, 10), lags: 15 },
      againstRandomWalk: { skill: expect.closeTo(1 - loss / walkLoss, 9), lags: 15 },
    });
    expect(quality!.byVolatility!.groups.map(({ forecasts: count }) => count)).toEqual([8, 7, 7]);
  });

  it('compares horizons of more than 4 hours with the volatility of a week', async () => {
    const horizon = 17;
    const forecasts = series(2950, horizon, 12);
    const [quality] = await measure(forecasts, [horizon]);
    const losses = forecasts.map(({ index }) => {
      const squares = Array.from({ length: 672 }, (_, i) => outcome(index - i - 1, 1) ** 2);
      const quantiles = [-1.2815515655446004, 0, 1.2815515655446004].map(
        (z) => z * Math.sqrt(mean(squares) * horizon),
      );
      return pinball(quantiles, outcome(index, horizon));
    });
    expect(quality!.randomWalk).toBeCloseTo(mean(losses), 10);
  });

  it('judges the steps of the horizon, and ignores forecasts whose horizon has not passed', async () => {
    const forecasts = [2950, 2951, 3000, 3190, 3370].map((index) => constant(index, -0.02, 0.001, 0.02));
    const qualities = await measure(forecasts);
    expect(qualities.map(({ horizon, forecasts: count }) => [horizon, count])).toEqual([
      [4, 5],
      [16, 5],
      [48, 4],
      [96, 4],
      [192, 4],
    ]);
  });

  it('counts outcomes that do not overlap', async () => {
    const [four, sixteen] = await measure(series(2950, 3, 40), [4, 16]);
    expect(four).toMatchObject({ forecasts: 40, independent: 20 });
    expect(sixteen).toMatchObject({ forecasts: 40, independent: 7 });
  });

  it('withholds everything below 10 independent outcomes, and tests no skill below 20', async () => {
    const [few] = await measure(series(2950, 16, 9), [16]);
    expect(few).toMatchObject({ verdict: 'FEW_INDEPENDENT', coverage: null, below: null, pinball: null });
    expect(few).toMatchObject({ sharpness: null, againstClimatology: null, byVolatility: null });
    const [some] = await measure(series(2950, 16, 19), [16]);
    expect(some).toMatchObject({
      verdict: 'IN_LINE',
      againstClimatology: { statistic: null, p: null, verdict: 'FEW_INDEPENDENT' },
    });
    const [enough] = await measure(series(2950, 16, 20), [16]);
    expect(enough!.againstClimatology).toMatchObject({ p: expect.any(Number) });
    expect(enough!.againstClimatology!.verdict).not.toBe('FEW_INDEPENDENT');
  });

  it('says when the band is too narrow or too wide', async () => {
    const at = series(2950, 4, 60).map(({ index }) => index);
    const narrow = await measure(
      at.map((index) => constant(index, -0.001, 0, 0.001)),
      [4],
    );
    expect(narrow[0]!.verdict).toBe('TOO_NARROW');
    const wide = await measure(
      at.map((index) => constant(index, -1, 0, 1)),
      [4],
    );
    expect(wide[0]).toMatchObject({ verdict: 'TOO_WIDE', coverage: 1, below: [0, expect.any(Number), 1] });
  });

  it('sorts crossed quantiles for the band', async () => {
    const crossed = series(2950, 4, 12).map(({ index }) => constant(index, 0.5, 0, -0.5));
    const [quality] = await measure(crossed, [4]);
    expect(quality!.coverage).toBe(1);
    expect(quality!.sharpness!.width).toBe(1);
  });

  it('compares only forecasts with complete baselines', async () => {
    const early = [
      constant(2000, -0.02, 0, 0.02),
      constant(2882, -0.02, 0, 0.02),
      constant(2883, -0.02, 0, 0.02),
    ];
    const [quality] = await measure(early);
    expect(quality).toMatchObject({ horizon: 4, forecasts: 3, compared: 1 });
  });

  it('needs 30 days of returns, and at least 500 candles', () => {
    expect([5, 15, 60, 240].map((minutes) => climatologyReturns(minutes * 60_000))).toEqual([
      8640, 2880, 720, 500,
    ]);
  });

  it('says nothing about prices that do not move', async () => {
    const flat = new Float64Array(3400).fill(100);
    const [quality] = await measure(series(2950, 4, 30), [4], flat);
    expect(quality).toMatchObject({
      coverage: 1,
      sharpness: { relative: null },
      againstClimatology: { skill: null, statistic: null, p: null, verdict: 'NO_VARIATION' },
      againstRandomWalk: { skill: null, statistic: null, p: null, verdict: 'NO_VARIATION' },
    });
  });

  it('is null without forecasts', async () => {
    const [quality] = await measure([]);
    expect(quality).toMatchObject({ forecasts: 0, coverage: null, pinball: null, againstClimatology: null });
  });

  it('never gives NaN, an infinity or -0', async () => {
    const price = fc.oneof(fc.constant(100), fc.double({ min: 1e-6, max: 1e9, noNaN: true }));
    const quantile = fc.oneof(fc.constant(0), fc.double({ min: -5, max: 5, noNaN: true }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(price, { minLength: 1, maxLength: 40 }),
        fc.array(fc.tuple(fc.nat(1000), quantile, quantile, quantile), { maxLength: 60 }),
        async (pattern, drawn) => {
          const prices = Float64Array.from({ length: 3800 }, (_, i) => pattern[i % pattern.length]!);
          const forecasts = drawn
            .map(([at, ...of]) => constant(2800 + at, ...of))
            .sort((a, b) => a.index - b.index);
          expectFiniteNumbers(await measure(forecasts, [1, 5], prices));
        },
      ),
      { numRuns: 30 },
    );
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
