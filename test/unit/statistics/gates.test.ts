// promise: statistics.md, table "Ratios | figure"

import { expect, test } from 'vitest';
import { NEEDED, type RecordCounts, withheldFigures } from '../../../src/statistics/gates.ts';

test('figures are withheld below the numbers of the table', () => {
  const enough: RecordCounts = {
    ...{ days: 30, activeDays: 10, losingDays: 1, equalDays: false, spanDays: 180, ruined: false },
    ...{ drawdown: 0.1, lots: 31, wins: 20, losses: 11, positions: 10, positionsWithClosedLots: 10 },
  };
  expect(withheldFigures(enough)).toEqual({});
  const risk = (change: Partial<RecordCounts>) => withheldFigures({ ...enough, ...change }).rank;
  expect(risk({ days: 29 })).toBe('FEW_DAYS');
  expect(risk({ activeDays: 9 })).toBe('FEW_ACTIVE_DAYS');
  expect(risk({ lots: 30 })).toBe('FEW_TRADES');
  expect(risk({ positions: 9 })).toBe('FEW_POSITIONS');
  expect(risk({ equalDays: true })).toBe('NO_VARIATION');
  const without = (change: Partial<RecordCounts>) => withheldFigures({ ...enough, ...change });
  expect(without({ losingDays: 0 })).toEqual({ sortino: 'NO_LOSSES' });
  expect(without({ ruined: true })).toMatchObject({
    sharpe: 'RUINED',
    annualReturn: 'RUINED',
    calmar: 'RUINED',
  });
  expect(without({ spanDays: 179 })).toEqual({ calmar: 'FEW_DAYS' });
  expect(without({ spanDays: 89 })).toEqual({ calmar: 'FEW_DAYS', annualReturn: 'FEW_DAYS' });
  expect(without({ spanDays: 6 })).toMatchObject({ tradesPerWeek: 'FEW_DAYS' });
  expect(without({ drawdown: 0 })).toEqual({ calmar: 'NO_DRAWDOWN' });
  expect(without({ lots: 0 })).toMatchObject({ winRate: 'NO_TRADES' });
  expect(without({ lots: 9 })).toMatchObject({ winRate: 'FEW_TRADES' });
  expect(without({ positions: 9 })).toMatchObject({ winRateInterval: 'FEW_POSITIONS' });
  expect(without({ wins: 4, losses: 4 })).toEqual({
    ...{ averageWin: 'FEW_TRADES', averageLoss: 'FEW_TRADES', profitFactor: 'FEW_LOSSES' },
  });
  expect(without({ lots: 19 })).toMatchObject({ profitFactor: 'FEW_TRADES' });
  expect(without({ losses: 0 })).toMatchObject({ profitFactor: 'NO_LOSSES' });
  expect(NEEDED.groupLots).toBe(10);
});
