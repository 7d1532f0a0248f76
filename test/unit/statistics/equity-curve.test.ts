import { describe, expect, it } from 'vitest';
import { curveOf } from '../../../src/statistics/priced-equity-curve.ts';
import type { EquityPoint } from '../../../src/trading/outcome.ts';

const ACCOUNT = { id: 'paper_test', epoch: 1, initialBalance: 100 };

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
  const parts = {
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
  return curveOf({ ...parts, pause: async () => {} }, ACCOUNT, { from, to, points });
}

describe('an equity curve', () => {
  it.each([
    { name: 'rising', equities: [101, 102], expected: [0, 0] },
    { name: 'below the initial balance from its start', equities: [90, 95], expected: [0.1, 0.05] },
    { name: 'after a peak', equities: [200, 150, 250, 125], expected: [0, 0.25, 0, 0.5] },
    { name: 'below nothing', equities: [200, -20], expected: [0, 1.1] },
  ])('$name has its drawdowns', async ({ equities, expected }) => {
    expect((await curve(equities)).map(({ drawdown }) => drawdown)).toEqual(expected);
  });

  it('knows the peak before the range asked for', async () => {
    expect((await curve([200, 150, 160], 1)).map(({ drawdown }) => drawdown)).toEqual([0.25, 0.2]);
  });

  it('keeps the drawdowns of what was left out', async () => {
    const [first, ...rest] = await curve([100, 400, ...Array(100).fill(200), 100], 0, 3);
    expect(first?.drawdown).toBe(0);
    expect(rest.at(-1)?.drawdown).toBe(0.75);
  });

  it('says what the symbol cost, where that is stored', async () => {
    expect((await curve([1, 2, 3, 4])).map(({ price }) => price)).toEqual([1000, 1001, null, 1003]);
  });

  it('begins with the initial balance where it is seen from its start', async () => {
    const quarter = 15 * 60_000;
    const seen = (from: number) => curve([90, 95], from, 500, quarter);
    expect((await seen(-quarter)).map(({ time, equity }) => [time, equity])).toEqual([
      [-quarter, 100],
      [0, 90],
      [quarter, 95],
    ]);
    expect((await seen(0)).map(({ time }) => time)).toEqual([0, quarter]);
    expect((await seen(quarter)).map(({ time }) => time)).toEqual([quarter]);
  });

  it.each([999, 1000, 1001, 2500])(
    'of %i points is read to its end, or to where it is asked for',
    async (count) => {
      const equities = Array.from({ length: count }, (_, index) => 100 + index);
      const times = Array.from({ length: count }, (_, index) => index);
      expect((await curve(equities, 0, 5000)).map(({ time }) => time)).toEqual(times);
      expect((await curve(equities, 10, 5000, 1, 998)).map(({ time }) => time)).toEqual(times.slice(10, 999));
    },
  );

  it('of nothing is empty', async () => {
    expect(await curve([])).toEqual([]);
  });
});
