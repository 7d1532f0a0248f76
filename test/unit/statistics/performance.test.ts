import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bootstrapIntervals, countInWholeDays, NO_INTERVALS } from '../../../src/statistics/bootstrap.ts';
import { CurveTally } from '../../../src/statistics/curve-tally.ts';
import { type PerformanceInput, performanceOf, rankByReturn } from '../../../src/statistics/performance.ts';
import { quantileOf } from '../../../src/statistics/quantile.ts';
import { type CumulativeReturns, momentsOf, ratiosOf } from '../../../src/statistics/returns.ts';
import { TradeTally } from '../../../src/statistics/trade-tally.ts';
import type { Trade } from '../../../src/trading/lot.ts';
import { DECISION_CANDLE_MS } from '../../helper/default-candles.ts';
import { seededRandom, spread } from '../../helper/random.ts';

const noPause = async () => {};
const WEEK_MS = 7 * 24 * 60 * 60_000;

/** An equity curve of `count` random returns. */
function curve(count: number, deviation = 0.001, mean = 0): Float64Array {
  const next = spread(seededRandom(5), deviation, mean);
  const equity = new Float64Array(count + 1).fill(10_000);
  for (let i = 1; i <= count; i++) equity[i] = equity[i - 1]! * (1 + next());
  return equity;
}

/** The tally of a curve that begins with the initial balance; the last `withLots` points have open lots. */
function curveOf(equity: ArrayLike<number>, withLots = 0): CurveTally {
  const result = new CurveTally(equity[0] ?? 10_000);
  for (let i = 1; i < equity.length; i++)
    result.add({ time: i, equity: equity[i]!, openLots: Number(i >= equity.length - withLots) });
  return result;
}

function returnSums(equity: Float64Array): CumulativeReturns {
  return curveOf(equity).returns;
}

function tally(trades: readonly Trade[]): TradeTally {
  const result = new TradeTally();
  for (const trade of trades) result.add(trade);
  return result;
}

function ratios(equity: Float64Array) {
  return ratiosOf(momentsOf(returnSums(equity)), DECISION_CANDLE_MS);
}

describe('ratios of an equity curve', () => {
  it('are mean over deviation of the returns of decision candles, annualized by 365 days', () => {
    const equity = Float64Array.of(100, 101, 99.99, 101.9898);
    const returns = [0.01, -0.01, 0.02];
    const mean = 0.02 / 3;
    const variance = returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 2;
    const { totalReturn, sharpe, sortino } = ratios(equity);
    expect(totalReturn).toBeCloseTo(0.019898, 10);
    expect(sharpe).toBeCloseTo((mean / Math.sqrt(variance)) * Math.sqrt(35_040), 8);
    expect(sortino).toBeCloseTo((mean / Math.sqrt(0.0001 / 3)) * Math.sqrt(35_040), 8);
  });

  it('are annualized by the length of their candles', () => {
    const moments = momentsOf(returnSums(Float64Array.of(100, 101, 99.99, 101.9898)));
    const quarterHours = ratiosOf(moments, DECISION_CANDLE_MS);
    const hours = ratiosOf(moments, 4 * DECISION_CANDLE_MS);
    expect(hours.sharpe! * 2).toBeCloseTo(quarterHours.sharpe!, 8);
    expect(hours.totalReturn).toBe(quarterHours.totalReturn);
  });

  it.each([
    ['the equity is constant', [100, 100, 100]],
    ['there is one point', [100]],
    ['there is none', []],
    ['there is one return', [100, 101]],
  ])('are null if %s', (_, equity) => {
    expect(ratios(Float64Array.from(equity))).toMatchObject({ sharpe: null, sortino: null });
  });
});

describe('the largest drawdown', () => {
  it.each([
    [[100, 120, 90, 130, 100], 0.25],
    [[100, 101, 102], 0],
    [[100, 50, 100, 49], 0.51],
    [[], 0],
  ])('of %j is %s of its peak', (equity, expected) => {
    expect(curveOf(equity).maxDrawdown).toBeCloseTo(expected, 12);
  });
});

describe('intervals by block bootstrap', () => {
  const sums = returnSums(curve(2000));

  it('depend only on the seed', async () => {
    const first = await bootstrapIntervals(sums, DECISION_CANDLE_MS, 'paper_a', noPause);
    expect(await bootstrapIntervals(sums, DECISION_CANDLE_MS, 'paper_a', noPause)).toEqual(first);
    expect(await bootstrapIntervals(sums, DECISION_CANDLE_MS, 'paper_b', noPause)).not.toEqual(first);
  });

  it('are about as wide as the theory for independent returns predicts', async () => {
    const { sharpe, totalReturn } = await bootstrapIntervals(sums, DECISION_CANDLE_MS, 'paper_a', noPause);
    const point = ratiosOf(momentsOf(sums), DECISION_CANDLE_MS);
    const deviation = Math.sqrt(35_040 / 2000);
    expect(sharpe![0]).toBeLessThan(point.sharpe!);
    expect(sharpe![1]).toBeGreaterThan(point.sharpe!);
    expect((sharpe![1] - sharpe![0]) / (2 * 1.645 * deviation)).toBeCloseTo(1, 0);
    expect(totalReturn![0]).toBeLessThan(totalReturn![1]);
  });

  it('keep the returns of a block together', async () => {
    const days = Float64Array.from({ length: 96 * 20 + 1 }, (_, i) => 10_000 * (1 + (i % 2) * 0.01));
    const { totalReturn } = await bootstrapIntervals(returnSums(days), DECISION_CANDLE_MS, 'seed', noPause);
    expect(totalReturn![0]).toBeCloseTo(0, 9);
    expect(totalReturn![1]).toBeCloseTo(0, 9);
  });

  it('are null with less than two days', async () => {
    expect(await bootstrapIntervals(returnSums(curve(191)), DECISION_CANDLE_MS, 'seed', noPause)).toEqual({
      totalReturn: null,
      sharpe: null,
      sortino: null,
    });
  });

  it.each([
    [0, 0],
    [95, 0],
    [96, 96],
    [1000, 960],
  ])('use whole days: of %i returns of 15 minutes %i', (count, expected) => {
    expect(countInWholeDays(count, DECISION_CANDLE_MS)).toBe(expected);
  });

  it('use whole days of other candles: 6 of 4 hours, 288 of 5 minutes', () => {
    expect(countInWholeDays(17, 4 * 60 * 60_000)).toBe(12);
    expect(countInWholeDays(600, 5 * 60_000)).toBe(576);
  });

  it('yield to the event loop on a long curve', async () => {
    let pauses = 0;
    await bootstrapIntervals(returnSums(curve(100_000)), DECISION_CANDLE_MS, 'seed', async () => {
      pauses += 1;
    });
    expect(pauses).toBeGreaterThan(15);
  });
});

describe('closed trades', () => {
  const trade = (netPnl: number, reason: 'STOP_LOSS' | 'TAKE_PROFIT' = 'STOP_LOSS') => ({
    netPnl,
    reason,
    margin: 100,
  });

  it('are counted and averaged, also by reason', () => {
    const trades = [trade(30, 'TAKE_PROFIT'), trade(10, 'TAKE_PROFIT'), trade(-20), trade(0)];
    expect(tally(trades).statistics()).toEqual({
      trades: 4,
      wins: 2,
      losses: 1,
      winRate: 0.5,
      profitFactor: 2,
      averageWin: 20,
      averageLoss: -20,
      averagePct: 5,
      averageWinPct: 20,
      averageLossPct: -20,
      byReason: {
        TAKE_PROFIT: { trades: 2, netPnl: 40, winRate: 1 },
        STOP_LOSS: { trades: 2, netPnl: -20, winRate: 0 },
      },
    });
  });

  it('have no averages if there are none', () => {
    expect(tally([]).statistics()).toMatchObject({
      trades: 0,
      winRate: null,
      profitFactor: null,
      byReason: {},
    });
  });
});

describe('the performance of an account', () => {
  const input: PerformanceInput = {
    initialBalance: 10_000,
    decisionMs: DECISION_CANDLE_MS,
    curve: curveOf([10_000, 10_100, 9999, 10_500], 2),
    intervals: NO_INTERVALS,
    from: 0,
    to: 2 * WEEK_MS,
    trades: tally(Array.from({ length: 30 }, () => ({ reason: 'STOP_LOSS', netPnl: 1, margin: 10 }))),
    totals: { entry_fee: -3, exit_fee: -2, funding: -1.5, realised_pnl: 500 },
    priceFrom: 100,
    priceTo: 90,
  };

  it('has every figure of paper.md#51 to paper.md#56', () => {
    expect(performanceOf(input)).toMatchObject({
      totalReturn: expect.closeTo(0.05, 12),
      maxDrawdown: expect.closeTo(0.01, 12),
      exposureTime: 2 / 3,
      tradesPerWeek: 15,
      feesPaid: 5,
      fundingPaid: 1.5,
      buyAndHold: expect.closeTo(-0.1, 12),
      tooEarly: false,
      winRate: 1,
      profitFactor: null,
    });
  });

  it('of a new account is zero or null', () => {
    const fresh = { ...input, curve: curveOf([10_000]), to: 0, trades: tally([]), totals: {} };
    expect(performanceOf({ ...fresh, priceTo: null })).toMatchObject({
      totalReturn: 0,
      sharpe: null,
      maxDrawdown: 0,
      exposureTime: null,
      tradesPerWeek: null,
      feesPaid: 0,
      buyAndHold: null,
      tooEarly: true,
    });
  });

  it('is ranked by return among those with 30 trades', () => {
    const of = (totalReturn: number, tooEarly = false) => ({ totalReturn, tooEarly });
    expect(rankByReturn([of(0.1), of(0.9, true), of(0.3), of(0.1)])).toEqual([2, null, 1, 2]);
  });
});

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
