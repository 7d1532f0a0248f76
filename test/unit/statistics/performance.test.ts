import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../../src/candle.ts';
import { CurveTally } from '../../../src/statistics/curve-tally.ts';
import { NO_DECISIONS } from '../../../src/statistics/decided-share.ts';
import { type PerformanceInput, performanceOf } from '../../../src/statistics/performance.ts';
import { rankByReturn } from '../../../src/statistics/rank.ts';
import { TradeTally } from '../../../src/statistics/trade-tally.ts';
import type { Trade } from '../../../src/trading/lot.ts';
import { DECISION_CANDLE_MS } from '../../helper/default-candles.ts';

/** A Monday. */
const START = Date.UTC(2025, 2, 3);

/** A curve of one point per candle from `start` on. */
function curveOf(equity: readonly number[], start = START, decisionMs = DECISION_CANDLE_MS): CurveTally {
  const curve = new CurveTally(100, decisionMs);
  equity.forEach((value, i) => {
    curve.add({ time: start + (i + 1) * decisionMs, equity: value });
  });
  return curve;
}

function tallyOf(trades: readonly Partial<Trade>[]): TradeTally {
  const tally = new TradeTally();
  const defaults: Trade = { reason: 'STOP_LOSS', netPnl: 1, margin: 100, openedAt: START, closedAt: START };
  for (const trade of trades) tally.add({ ...defaults, ...trade });
  return tally;
}

function performance(changes: Partial<PerformanceInput>) {
  return performanceOf({
    curve: curveOf([100, 110, 99]),
    trades: tallyOf([]),
    mark: null,
    firstOpen: null,
    killedAt: null,
    intervals: null,
    inSample: false,
    totals: {},
    priceFrom: null,
    priceTo: null,
    decisions: NO_DECISIONS,
    ...changes,
  });
}

describe('facts', () => {
  it('are shown from the first point on', () => {
    expect(
      performance({
        totals: { entry_fee: -3, exit_fee: -2, funding: -1.5, realised_pnl: 500 },
        priceFrom: 100,
        priceTo: 90,
      }),
    ).toMatchObject({
      totalReturn: expect.closeTo(-0.01, 12),
      totalPnl: -1,
      feesPaid: 5,
      fundingPaid: 1.5,
      buyAndHold: expect.closeTo(-0.1, 12),
      timeInMarket: 0,
      drawdown: { depth: 0.1, current: 0.1, recoveredAt: null },
    });
  });

  it('of an account without points are zero or null', () => {
    const fresh = performance({ curve: new CurveTally(100, DECISION_CANDLE_MS) });
    expect(fresh).toMatchObject({ totalReturn: 0, totalPnl: 0, timeInMarket: null, buyAndHold: null });
    expect(fresh.drawdown).toMatchObject({ depth: 0, durationMs: 0, peakAt: null });
    expect(fresh.periods).toEqual({ daily: [], weekly: [], monthly: [] });
    expect(fresh.withheld).toMatchObject({
      sharpe: 'FEW_DAYS',
      winRate: 'NO_TRADES',
      tradesPerWeek: 'FEW_DAYS',
    });
  });

  it('include the newest mark as the last point', () => {
    const curve = curveOf([100, 110, 99]);
    const before = performance({ curve });
    const mark = { time: START + 3 * DECISION_CANDLE_MS + 60_000, equity: 55 };
    const marked = performance({ curve, mark });
    expect(marked).toMatchObject({ totalPnl: -45, drawdown: { depth: 0.5, troughAt: mark.time } });
    expect(marked.periods.daily).toEqual([{ period: '2025-03-03', pnl: -45, candles: 3 }]);
    expect(performance({ curve })).toEqual(before);
    const same = { time: START + 3 * DECISION_CANDLE_MS, equity: 99 };
    expect(performance({ curve, mark: same })).toEqual(before);
  });

  it('put a mark after midnight into the next day, without a candle', () => {
    const curve = curveOf([101], START + DAY_MS - DECISION_CANDLE_MS);
    const { periods } = performance({ curve, mark: { time: START + DAY_MS + 1, equity: 104 } });
    expect(periods.daily).toEqual([
      { period: '2025-03-03', pnl: 1, candles: 1 },
      { period: '2025-03-04', pnl: 3, candles: 0 },
    ]);
  });
});

describe('the drawdown', () => {
  it.each([
    [[120, 90, 130, 100], { depth: 0.25, durationMs: 2, longestUnderWaterMs: 2, recoveredAt: 3 }],
    [[101, 102, 102], { depth: 0, durationMs: 0, longestUnderWaterMs: 0, recoveredAt: null }],
    [[50, 100, 49], { depth: 0.51, durationMs: 1, longestUnderWaterMs: 2, recoveredAt: null }],
    [[50, 60, 60, 100, 50], { depth: 0.5, durationMs: 4, longestUnderWaterMs: 4, recoveredAt: 4 }],
    [[-100], { depth: 2, durationMs: 1, longestUnderWaterMs: 1, recoveredAt: null }],
  ])('of %j is %j', (equity, expected) => {
    const { drawdown } = performance({ curve: curveOf(equity, 0) });
    const candles = (ms: number | null) => ms && ms / DECISION_CANDLE_MS;
    expect({
      depth: drawdown.depth,
      durationMs: candles(drawdown.durationMs),
      longestUnderWaterMs: candles(drawdown.longestUnderWaterMs),
      recoveredAt: candles(drawdown.recoveredAt),
    }).toEqual(expected);
  });
});

describe('daily returns', () => {
  const HOUR_MS = 60 * 60_000;
  const hours = (count: number, step = 1) => Array.from({ length: count }, (_, i) => 100 + (i + 1) * step);

  it('are those of whole UTC days', () => {
    const curve = curveOf(hours(80), START + 7 * HOUR_MS, HOUR_MS);
    const { dailyReturns } = performance({ curve });
    expect(dailyReturns.from).toBe(START + DAY_MS);
    expect(dailyReturns.values).toEqual([141 / 117 - 1, 165 / 141 - 1]);
  });

  it('take the equity before a midnight without a point', () => {
    const curve = new CurveTally(100, HOUR_MS);
    curve.add({ time: START + HOUR_MS, equity: 110 });
    curve.add({ time: START + 2 * DAY_MS, equity: 121 });
    expect(performance({ curve }).dailyReturns.values).toEqual([110 / 100 - 1, 121 / 110 - 1]);
  });

  it('end at the midnight after the kill switch', () => {
    const idle = [...hours(30), ...new Array<number>(70).fill(130)];
    const daysKilledAt = (hour: number) =>
      performance({ curve: curveOf(idle, START, HOUR_MS), killedAt: START + hour * HOUR_MS }).counts.days;
    // Not at the midnight after the equity changed for the last time.
    expect([24, 30, 48, 49].map(daysKilledAt)).toEqual([1, 2, 2, 3]);
    expect(performance({ curve: curveOf(idle, START, HOUR_MS) }).dailyReturns.values).toHaveLength(4);
  });

  it('are none after a ruin, also when only the mark shows it', () => {
    const curve = curveOf(hours(50), START, HOUR_MS);
    const mark = { time: START + 51 * HOUR_MS, equity: 0 };
    expect(performance({ curve, mark })).toMatchObject({
      counts: { ruined: true, days: 0 },
      withheld: { sharpe: 'RUINED', annualReturn: 'RUINED' },
    });
    expect(performance({ curve }).counts).toMatchObject({ ruined: false, days: 2 });
  });
});

describe('trades', () => {
  it('are counted and averaged, also by reason', () => {
    const trades = tallyOf([
      ...new Array<Partial<Trade>>(15).fill({ netPnl: 30, reason: 'TAKE_PROFIT' }),
      ...new Array<Partial<Trade>>(5).fill({ netPnl: -20 }),
      { netPnl: 0 },
    ]);
    expect(performance({ trades })).toMatchObject({
      counts: { lots: 21, wins: 15, losses: 5 },
      figures: { winRate: 15 / 21, averageWin: 30, averageLoss: -20, averageWinPct: 30, profitFactor: 4.5 },
      byReason: {
        TAKE_PROFIT: { trades: 15, netPnl: 450, wins: 15 },
        STOP_LOSS: { trades: 6, netPnl: -100, wins: 0 },
      },
    });
  });

  it('are one position while a lot is open, in whatever order they close', () => {
    const lots = [
      [0, 10],
      [10, 20],
      [15, 30],
      [12, 40],
      [50, 60],
    ].map(([openedAt, closedAt]) => ({ openedAt: START + openedAt!, closedAt: START + closedAt! }));
    const trades = tallyOf(lots);
    const curve = curveOf([100], START, 100);
    const counts = (positions: number, positionsWithClosedLots: number) => ({
      positions,
      positionsWithClosedLots,
    });
    expect(performance({ trades, curve })).toMatchObject({ counts: counts(3, 3), timeInMarket: 0.5 });
    const open = performance({ trades, curve, firstOpen: START + 35 });
    expect(open).toMatchObject({ counts: counts(2, 2), timeInMarket: 1 });
    const later = performance({ trades, curve, firstOpen: START + 60 });
    expect(later).toMatchObject({ counts: counts(4, 3), timeInMarket: 0.9 });
  });
});

describe('ranks', () => {
  const of = (totalReturn: number, rank?: 'FEW_DAYS') => ({
    totalReturn,
    withheld: rank === undefined ? {} : { rank },
  });

  it('go by return among records with enough evidence', () => {
    expect(rankByReturn([of(0.1), of(0.9, 'FEW_DAYS'), of(0.3), of(0.1)])).toEqual([2, null, 1, 2]);
  });

  it('do not exist among one', () => {
    expect(rankByReturn([of(0.1), of(0.9, 'FEW_DAYS')])).toEqual([null, null]);
  });

  it('and probabilities are withheld in sample', () => {
    const equity = Array.from({ length: 40 }, (_, day) => 100 + day / 10 + Math.sin(day ** 2));
    const lots = equity.map((_, day) => ({
      openedAt: START + day * DAY_MS,
      closedAt: START + (day + 0.5) * DAY_MS,
    }));
    const record = { curve: curveOf(equity, START, DAY_MS), trades: tallyOf(lots) };
    const before = performance(record);
    const inSample = performance({ ...record, inSample: true });
    expect(before.withheld).not.toHaveProperty('rank');
    expect(before.figures.probabilisticSharpe).toBeGreaterThan(0.5);
    expect(inSample.figures).toEqual({ ...before.figures, probabilisticSharpe: null, weeksToTell: null });
    expect(inSample.withheld).toMatchObject({ rank: 'IN_SAMPLE', probabilisticSharpe: 'IN_SAMPLE' });
  });
});
