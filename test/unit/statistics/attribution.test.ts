// promise: statistics.md, table "Where the result came from"

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Attribution,
  attributionOfClosedLot,
  attributionOfOpenLot,
  attributionOfOpenPart,
  attributionOfPart,
  takePart,
  wholeOf,
} from '../../../src/statistics/attribution.ts';
import { AttributionTally } from '../../../src/statistics/attribution-tally.ts';
import { excursionsOf } from '../../../src/statistics/excursions.ts';
import { type ClosedLot, type Lot, signOf } from '../../../src/trading/lot.ts';
import { addMoney, roundMoney } from '../../../src/trading/money.ts';
import { concatOutcomes } from '../../../src/trading/outcome.ts';
import { expectFiniteNumbers } from '../../helper/finite-numbers.ts';
import { lot, START, shortLot } from '../../helper/paper.ts';
import { randomRun, tradeLive } from '../../helper/random-run.ts';

const MINUTE_MS = 60_000;
const CANDLE_MS = 3 * MINUTE_MS;

/** In units of 1e-8, so that equal is equal. */
const units = (amount: number) => Math.round(amount * 1e8);

function sumOfParts(attribution: Attribution): number {
  const { price, entrySlippage, exitSlippage, stopGap, liquidation, fees, funding, unknown } = attribution;
  const parts = [price, entrySlippage, exitSlippage, stopGap, liquidation, fees, funding, unknown];
  return parts.reduce((sum: number, part) => sum + units(part ?? 0), 0);
}

function closed(changes: Partial<ClosedLot> = {}): ClosedLot {
  return {
    ...lot(),
    ...{ exitPrice: 101, exitReference: null, closedAt: START, reason: 'TAKE_PROFIT' },
    ...{ grossPnl: 1, exitFee: 0.0606, netPnl: 0.8794 },
    ...changes,
  };
}

describe('the attribution of a lot', () => {
  it('sums to the lines of every lot, and of the account, for any market and any polls', () => {
    fc.assert(
      fc.property(randomRun, ({ start, candles }) => {
        const outcome = concatOutcomes(start, tradeLive(start, candles));
        const tally = new AttributionTally();
        const linesOf = (id: string) =>
          outcome.lines
            .filter(({ lotId }) => lotId === id)
            .reduce((sum, { amount }) => sum + units(amount), 0);
        for (const one of outcome.closed) {
          const attribution = attributionOfClosedLot(one);
          expectFiniteNumbers(attribution);
          expect(units(attribution.net)).toBe(linesOf(one.id));
          expect(sumOfParts(attribution)).toBe(linesOf(one.id));
          tally.add(one, null);
        }
        const mark = candles.at(-1)!.decisionCandle.candle.close;
        const open = outcome.account.lots.map((one) => ({ lot: one, confidence: 60, mark }));
        const unrealized = open.reduce(
          (sum, { lot: one }) =>
            sum + units(roundMoney(signOf(one.side) * one.quantity * (mark - one.entryPrice))),
          0,
        );
        const summary = tally.summary(open);
        expectFiniteNumbers(summary);
        const all = outcome.lines.reduce((sum, { amount }) => sum + units(amount), 0);
        expect(units(summary.total.net)).toBe(all + unrealized);
        expect(units(summary.total.unknown)).toBe(0);
        for (const groups of [summary.byReason, summary.bySide, summary.byHour, summary.byWeekday]) {
          const nets = Object.values(groups).map(({ net }) => units(net));
          expect(nets.reduce((sum, net) => sum + net, 0)).toBe(units(summary.total.net));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('sums to the lines for any sequence of partial closes, funding and a liquidation', () => {
    const price = fc.double({ min: 50, max: 200, noNaN: true });
    const step = fc.record({
      share: fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      funding: fc.double({ min: -3, max: 3, noNaN: true }).map(roundMoney),
      exitPrice: price,
      exitReference: fc.option(price),
      reason: fc.constantFrom('MANUAL' as const, 'STOP_LOSS' as const, 'TAKE_PROFIT' as const),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(lot(), shortLot()),
        fc.record({ reference: fc.option(price), quantity: fc.double({ min: 1e-6, max: 1e4, noNaN: true }) }),
        fc.array(step, { maxLength: 8 }),
        fc.constantFrom('open' as const, 'liquidated' as const),
        (base, { reference, quantity }, steps, end) => {
          const whole: Lot = { ...base, quantity, entryReference: reference };
          let lines = units(-whole.entryFee);
          let left = wholeOf(whole);
          const attributions: Attribution[] = [];
          for (const { share, funding, ...exit } of steps) {
            lines += units(funding);
            left = { ...left, funding: addMoney(left.funding, funding) };
            const { part, rest } = takePart(left, left.quantity * share);
            const signed = signOf(whole.side) * part.quantity;
            const grossPnl = roundMoney(signed * (exit.exitPrice - whole.entryPrice));
            const exitFee = roundMoney(part.quantity * exit.exitPrice * 0.0006);
            lines += units(grossPnl) - units(exitFee);
            attributions.push(attributionOfPart(whole, part, { ...exit, grossPnl, exitFee }));
            left = rest;
          }
          if (end === 'open') {
            lines += units(roundMoney(signOf(whole.side) * left.quantity * (103 - whole.entryPrice)));
            attributions.push(attributionOfOpenPart(whole, left, 103));
          } else {
            const exit = { exitPrice: 91, exitReference: null, reason: 'LIQUIDATION' as const };
            lines += units(-whole.margin);
            attributions.push(
              attributionOfPart(whole, left, { ...exit, grossPnl: -whole.margin, exitFee: 0 }),
            );
          }
          expectFiniteNumbers(attributions);
          expect(attributions.reduce((sum, one) => sum + units(one.net), 0)).toBe(lines);
          expect(attributions.reduce((sum, one) => sum + sumOfParts(one), 0)).toBe(lines);
        },
      ),
    );
  });

  it('says what slippage, a gap beyond the stop and a liquidation cost', () => {
    const flipped = closed({
      entryReference: 99,
      exitPrice: 103,
      exitReference: 103.5,
      reason: 'FLIP',
      grossPnl: 3,
    });
    expect(attributionOfClosedLot(flipped)).toMatchObject({
      entrySlippage: -1,
      exitSlippage: -0.5,
      price: 4.5,
    });
    const gapped = closed({ exitPrice: 93, reason: 'STOP_LOSS', grossPnl: -7 });
    expect(attributionOfClosedLot(gapped)).toMatchObject({ stopGap: -2, exitSlippage: 0, price: -5 });
    const liquidated = closed({ exitPrice: 90.5, reason: 'LIQUIDATION', grossPnl: -10, exitFee: 0 });
    expect(attributionOfClosedLot(liquidated)).toMatchObject({ liquidation: -0.5, price: -9.5, fees: -0.06 });
    expect(attributionOfOpenLot(shortLot({ entryReference: 101 }), 98)).toMatchObject({
      ...{ entrySlippage: -1, exitSlippage: 0, price: 3, fees: -0.06, net: 1.94 },
    });
  });

  it('leaves apart what depends on a price before slippage that is not known', () => {
    const old = attributionOfClosedLot(closed({ entryReference: null }));
    expect(old).toMatchObject({ entrySlippage: null, price: null, exitSlippage: 0, unknown: 1 });
    const byHand = attributionOfClosedLot(closed({ reason: 'MANUAL' }));
    expect(byHand).toMatchObject({ entrySlippage: 0, price: null, exitSlippage: null, unknown: 1 });
    const tally = new AttributionTally();
    tally.add(closed({ entryReference: null }), 55);
    tally.add(closed(), 91);
    const { total, byConfidence } = tally.summary([]);
    expect(total).toMatchObject({ lots: 2, unknownLots: 1, unknown: 1, price: 1 });
    expect(Object.keys(byConfidence)).toEqual(['55', '90']);
  });

  it('refuses a part that is not a part', () => {
    expect(() => takePart(wholeOf(lot()), 1)).toThrow('A part of 1 must be above 0 and below that, not 1.');
  });
});

describe('the excursions of a lot', () => {
  const candle = (number: number, open: number, high: number, low: number) => ({
    ...{ openTime: lot().openedAt + number * CANDLE_MS, open, high, low },
  });

  it('count highs and lows, but of the candle it closed in only the open and the exit', () => {
    const stopped = closed({
      ...{ exitPrice: 95, reason: 'STOP_LOSS', grossPnl: -5 },
      closedAt: lot().openedAt + 2 * CANDLE_MS,
    });
    const candles = [
      candle(-1, 100, 200, 1),
      candle(0, 100, 103, 98),
      candle(1, 99, 120, 80),
      candle(2, 1, 1, 1),
    ];
    expect(excursionsOf(stopped, candles, CANDLE_MS)).toEqual({
      mae: { amount: -5, marginPct: -50, r: -1 },
      mfe: { amount: 3, marginPct: 30, r: 0.6 },
    });
  });

  it('end at the open of the candle that a lot was filled at the open of', () => {
    const gapped = closed({
      ...{ exitPrice: 93, reason: 'STOP_LOSS', grossPnl: -7 },
      closedAt: lot().openedAt + CANDLE_MS,
    });
    const { mae, mfe } = excursionsOf(gapped, [candle(0, 100, 103, 96), candle(1, 93, 120, 80)], CANDLE_MS);
    expect([mae.amount, mfe.amount]).toEqual([-7, 3]);
  });

  it('are 0 at the entry, and have no R without a distance to the stop', () => {
    const { mae, mfe } = excursionsOf(closed({ stopLoss: 100, exitPrice: 100 }), [], CANDLE_MS);
    expect([mae, mfe]).toEqual([
      { amount: 0, marginPct: 0, r: null },
      { amount: 0, marginPct: 0, r: null },
    ]);
    expectFiniteNumbers([mae, mfe]);
  });
});
