import { describe, expect, it } from 'vitest';
import { downsample, readEquityCurve } from '../../../src/statistics/read-equity-curve.ts';
import { DEFAULT_ACCOUNT_PIPELINE } from '../../../src/trading/account-pipeline.ts';
import type { EquityPoint } from '../../../src/trading/outcome.ts';

const ACCOUNT = { id: 'paper_test', epoch: 1, initialBalance: 100, pipeline: DEFAULT_ACCOUNT_PIPELINE };

function point(time: number, equity: number): EquityPoint {
  return { time, equity, wallet: equity, openLots: 0, openSide: null };
}

async function curve(
  equities: readonly number[],
  from = 0,
  points = 500,
  step = 1,
  to = Number.POSITIVE_INFINITY,
) {
  const all = equities.map((equity, index) => point(index * step, equity));
  const sources = {
    history: {
      equityAfter: async (_id: string, _epoch: number, after: number, limit: number) =>
        all.filter(({ time }) => time > after).slice(0, limit),
      peakBefore: async (_id: string, _epoch: number, end: number) => {
        const before = all.filter(({ time }) => time < end).map(({ equity }) => equity);
        return before.length === 0 ? null : Math.max(...before);
      },
    },
    closesAt: async (times: readonly number[]) =>
      new Map(times.filter((time) => time !== 2).map((time) => [time, 1000 + time])),
  };
  return readEquityCurve({ ...sources, pause: async () => {} }, ACCOUNT, { from, to, points });
}

describe('readEquityCurve', () => {
  it.each([
    { name: 'rising', equities: [101, 102], expected: [0, 0] },
    { name: 'below the initial balance from the start', equities: [90, 95], expected: [0.1, 0.05] },
    { name: 'after a peak', equities: [200, 150, 250, 125], expected: [0, 0.25, 0, 0.5] },
    { name: 'with negative equity', equities: [200, -20], expected: [0, 1.1] },
  ])('has the drawdowns of a curve $name', async ({ equities, expected }) => {
    expect((await curve(equities)).map(({ drawdown }) => drawdown)).toEqual(expected);
  });

  it('includes the peak before the range in drawdowns', async () => {
    expect((await curve([200, 150, 160], 1)).map(({ drawdown }) => drawdown)).toEqual([0.25, 0.2]);
  });

  it('computes drawdowns before it downsamples', async () => {
    const [first, ...rest] = await curve([100, 400, ...Array(100).fill(200), 100], 0, 3);
    expect(first?.drawdown).toBe(0);
    expect(rest.at(-1)?.drawdown).toBe(0.75);
  });

  it('has the price of the symbol, null if the candle is not stored', async () => {
    expect((await curve([1, 2, 3, 4])).map(({ price }) => price)).toEqual([1000, 1001, null, 1003]);
  });

  it('begins with the initial balance if the range includes the start', async () => {
    const step = 15 * 60_000;
    const curveFrom = (from: number) => curve([90, 95], from, 500, step);
    expect((await curveFrom(-step)).map(({ time, equity }) => [time, equity])).toEqual([
      [-step, 100],
      [0, 90],
      [step, 95],
    ]);
    expect((await curveFrom(0)).map(({ time }) => time)).toEqual([0, step]);
    expect((await curveFrom(step)).map(({ time }) => time)).toEqual([step]);
  });

  it.each([999, 1000, 1001, 2500])('reads all of %i points, or those of the range', async (count) => {
    const equities = Array.from({ length: count }, (_, index) => 100 + index);
    const times = Array.from({ length: count }, (_, index) => index);
    expect((await curve(equities, 0, 5000)).map(({ time }) => time)).toEqual(times);
    expect((await curve(equities, 10, 5000, 1, 998)).map(({ time }) => time)).toEqual(times.slice(10, 999));
  });

  it('is empty without points', async () => {
    expect(await curve([])).toEqual([]);
  });
});

it.each([3, 4, 10, 500])(
  'a curve of 1000 points is downsampled to at most %i points and keeps its extremes',
  (points) => {
    const curve = Array.from({ length: 1000 }, (_, index) => ({
      ...{ time: index, wallet: 100, openLots: 0, openSide: null },
      equity: index === 400 ? 50 : index === 700 ? 150 : 100,
    }));
    const chosen = downsample(curve, points);
    expect(chosen.length).toBeLessThanOrEqual(points);
    expect([chosen[0], chosen.at(-1)]).toEqual([curve[0], curve.at(-1)]);
    if (points >= 4) expect(chosen.map(({ equity }) => equity)).toEqual(expect.arrayContaining([50, 150]));
    expect(chosen.map(({ time }) => time)).toEqual(chosen.map(({ time }) => time).toSorted((a, b) => a - b));
  },
);
