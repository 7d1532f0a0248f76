import fc from 'fast-check';
import { expect, it } from 'vitest';
import { attributionOfClosedLot } from '../../../src/statistics/attribution.ts';
import { PositionResults } from '../../../src/statistics/position-results.ts';
import type { ClosedLot } from '../../../src/trading/lot.ts';
import { roundMoney } from '../../../src/trading/money.ts';
import { lot, START } from '../../helper/paper.ts';

function closed(openedAt: number, closedAt: number, changes: Partial<ClosedLot> = {}): ClosedLot {
  const open = lot({ id: `${openedAt}`, openedAt: START + openedAt, entryReference: 100, entryPrice: 100 });
  return {
    ...open,
    ...{ closedAt: START + closedAt, exitPrice: 101, exitReference: 101, reason: 'SIGNAL' },
    ...{ grossPnl: open.quantity, exitFee: 1, netPnl: open.quantity - 1 - open.entryFee + open.funding },
    ...changes,
  };
}

it('lots that overlap are one position, and open lots belong to the last one', () => {
  const results = new PositionResults();
  for (const [from, to] of [
    [0, 10],
    [10, 20],
    [15, 30],
  ] as const)
    results.add(closed(from, to));
  expect(results.read([], null)).toMatchObject([
    { from: START, to: START + 10, lots: 1, openLots: 0 },
    { from: START + 10, to: START + 30, lots: 2, openLots: 0, slippage: 0 },
  ]);
  const open = lot({ id: 'open', openedAt: START + 25, entryReference: 100, entryPrice: 100 });
  const [, last] = results.read([open], 100, [closed(28, 40)]);
  expect(last).toMatchObject({ from: START + 10, to: null, lots: 4, openLots: 1 });
  expect(results.read([], null)).toHaveLength(2);
});

it('slippage is unknown where it is unknown of a lot', () => {
  const results = new PositionResults();
  results.add(closed(0, 10));
  results.add(closed(5, 12, { exitReference: null }));
  expect(results.read([], null)).toMatchObject([{ lots: 2, slippage: null }]);
});

it('positions sum to the ledger, and never overlap', () => {
  const spans = fc.array(fc.tuple(fc.nat(1000), fc.integer({ min: 1, max: 50 })), { minLength: 1 });
  fc.assert(
    fc.property(spans, (drawn) => {
      const lots = drawn
        .map(([from, length], index) => closed(from, from + length, { grossPnl: index - 3.5 }))
        .sort((a, b) => a.closedAt - b.closedAt);
      const results = new PositionResults();
      for (const one of lots) results.add(one);
      const read = results.read([], null);
      const net = lots.reduce((sum, one) => sum + attributionOfClosedLot(one).net, 0);
      expect(roundMoney(read.reduce((sum, one) => sum + one.net, 0))).toBeCloseTo(roundMoney(net), 6);
      expect(read.reduce((sum, one) => sum + one.lots, 0)).toBe(lots.length);
      for (const [index, { from }] of read.entries())
        if (index > 0) expect(from).toBeGreaterThanOrEqual(read[index - 1]!.to!);
    }),
    { numRuns: 50 },
  );
});
