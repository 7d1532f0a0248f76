// promise: paper.md "no lots"
// promise: paper.md "long lots"
// promise: paper.md "short lots"

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccountLot, AccountState } from '../../../src/pipeline/account-state.ts';
import { decodeAction } from '../../../src/pipeline/decode-action.ts';
import {
  DEFAULT_ORDER_RULES,
  type OrderIntent,
  type OrderProposal,
  proposeOrder,
} from '../../../src/trading/propose-order.ts';
import { readFixture } from '../../helper/golden.ts';
import { closeAt, lotsBefore, type TrainingRun } from '../../helper/training-run.ts';

const LONG: OrderIntent = {
  direction: 'LONG',
  sizePct: 0.5,
  leverage: 4,
  stopAtrMultiple: 2,
  targetAtrMultiple: 5,
};
const SHORT: OrderIntent = { ...LONG, direction: 'SHORT' };
const FLAT: OrderIntent = { ...LONG, direction: 'FLAT' };
const MARKET = { price: 100, atr14: 1 };
const EMPTY: AccountState = { equity: 10_000, lots: [] };

function lot(changes: Partial<AccountLot> = {}): AccountLot {
  return { side: 'long', entryPrice: 100, notional: 400, margin: 100, stepsInTrade: 1, ...changes };
}

function holding(...lots: AccountLot[]): AccountState {
  return { equity: 10_000, lots };
}

describe('an order for an account without lots', () => {
  it('opens a long: sized by the exposure, filled above the price, with stop and target around the fill', () => {
    const fill = 100.12;
    expect(proposeOrder(LONG, MARKET, EMPTY)).toEqual({
      type: 'OPEN_LONG',
      lot: {
        side: 'long',
        margin: 500,
        notional: 2000,
        leverage: 4,
        quantity: expect.closeTo(2000 / fill, 10),
        fill: expect.closeTo(fill, 10),
        fee: expect.closeTo(1.2, 12),
        stopLoss: expect.closeTo(fill - 2, 10),
        takeProfit: expect.closeTo(fill + 5, 10),
      },
    });
  });

  it('opens a short, filled below the price', () => {
    const proposal = proposeOrder(SHORT, MARKET, EMPTY);
    const fill = 100 * (1 - 0.0002 - 0.001);
    expect(proposal).toMatchObject({
      type: 'OPEN_SHORT',
      lot: {
        side: 'short',
        fill: expect.closeTo(fill, 10),
        stopLoss: expect.closeTo(fill + 2, 10),
        takeProfit: expect.closeTo(fill - 5, 10),
      },
    });
  });

  it('may have its target nearer than its stop', () => {
    const proposal = proposeOrder({ ...LONG, targetAtrMultiple: 0.5 }, MARKET, EMPTY);
    expect(proposal).toMatchObject({ lot: { takeProfit: expect.closeTo(100.12 + 0.5, 10) } });
  });
});

describe('the table of signals and lots', () => {
  const longs = holding(lot());
  const shorts = holding(lot({ side: 'short' }));

  it.each<[string, OrderIntent, AccountState, string]>([
    ['no lots, LONG', LONG, EMPTY, 'OPEN_LONG'],
    ['no lots, SHORT', SHORT, EMPTY, 'OPEN_SHORT'],
    ['no lots, FLAT', FLAT, EMPTY, 'HOLD'],
    ['long lots, LONG', LONG, longs, 'OPEN_LONG'],
    ['long lots, SHORT', SHORT, longs, 'FLIP'],
    ['long lots, FLAT', FLAT, longs, 'HOLD'],
    ['short lots, LONG', LONG, shorts, 'FLIP'],
    ['short lots, SHORT', SHORT, shorts, 'OPEN_SHORT'],
    ['short lots, FLAT', FLAT, shorts, 'HOLD'],
  ])('%s', (_, intent, account, type) => {
    expect(proposeOrder(intent, MARKET, account).type).toBe(type);
  });

  it('holds against open lots with the setting of the training', () => {
    const rules = { ...DEFAULT_ORDER_RULES, opposite: 'hold' as const };
    expect(proposeOrder(SHORT, MARKET, longs, rules)).toEqual({ type: 'HOLD', reason: 'OPPOSITE' });
    expect(proposeOrder(LONG, MARKET, longs, rules).type).toBe('OPEN_LONG');
  });

  it('refuses an account with lots on both sides', () => {
    expect(() => proposeOrder(FLAT, MARKET, holding(lot(), lot({ side: 'short' })))).toThrow(
      'one side at a time',
    );
  });
});

describe('a lot may not open', () => {
  it.each<[string, Partial<OrderIntent>, AccountState, string]>([
    [
      'beside ten others',
      {},
      holding(...Array.from({ length: 10 }, () => lot({ margin: 1 }))),
      'MAX_POSITIONS',
    ],
    ['when margins take all the exposure', {}, holding(lot({ margin: 1000 })), 'EXPOSURE'],
    ['when losses left less exposure than margins take', {}, holding(lot({ margin: 1200 })), 'EXPOSURE'],
    ['without equity', {}, { equity: 0, lots: [] }, 'EXPOSURE'],
    ['with negative equity', {}, { equity: -50, lots: [] }, 'EXPOSURE'],
    ['at a size of nothing', { sizePct: 0 }, EMPTY, 'MIN_SIZE'],
    ['with a margin of exactly 1', { sizePct: 0.5 }, { equity: 20, lots: [] }, 'MIN_SIZE'],
    [
      'when the equity is unrealised profit',
      { sizePct: 1 },
      { equity: 10_000, lots: [lot({ entryPrice: 10, notional: 1090, margin: 100 })] },
      'BALANCE',
    ],
  ])('%s', (_, changes, account, reason) => {
    expect(proposeOrder({ ...LONG, ...changes }, MARKET, account)).toEqual({ type: 'HOLD', reason });
  });

  it('opens beside nine others, and with a margin just above 1', () => {
    const nine = holding(...Array.from({ length: 9 }, () => lot({ margin: 1 })));
    expect(proposeOrder(LONG, MARKET, nine).type).toBe('OPEN_LONG');
    expect(proposeOrder(LONG, MARKET, { equity: 20.1, lots: [] }).type).toBe('OPEN_LONG');
  });
});

describe('a flip', () => {
  it('sizes the new lot from the wallet after closing with slippage and fees', () => {
    // Quantity 4 from 90, sold at 99.88: +39.52, of which 0.24 fee; marked at 100: +40.
    const account = holding(lot({ entryPrice: 90, notional: 360 }));
    const exit = 100 * (1 - 0.0012);
    const wallet = 10_000 - 40 + 4 * (exit - 90) - 4 * exit * 0.0006;
    const proposal = proposeOrder(SHORT, MARKET, account);
    expect(proposal).toMatchObject({ type: 'FLIP', closes: 'long', closeFill: expect.closeTo(exit, 10) });
    expect(proposal).toMatchObject({ lot: { side: 'short', margin: expect.closeTo(wallet * 0.05, 9) } });
  });

  it('marks the lots where the equity was marked, not where they are closed', () => {
    const account = holding(lot({ side: 'short' }));
    const proposal = proposeOrder(LONG, { price: 101, atr14: 0, markPrice: 100 }, account);
    const exit = 101 * 1.0002;
    const wallet = 10_000 - 4 * (exit - 100) - 4 * exit * 0.0006;
    expect(proposal).toMatchObject({ lot: { margin: expect.closeTo(wallet * 0.05, 9) } });
  });

  it('only closes when the new side may not open, and says why', () => {
    const account = holding(lot());
    expect(proposeOrder({ ...SHORT, sizePct: 0 }, MARKET, account)).toMatchObject({
      type: 'CLOSE',
      closes: 'long',
      reason: 'MIN_SIZE',
    });
  });

  it('is not limited by the number of lots it closes', () => {
    const ten = holding(...Array.from({ length: 10 }, () => lot({ margin: 99 })));
    expect(proposeOrder(SHORT, MARKET, ten).type).toBe('FLIP');
  });
});

describe('the training environment', () => {
  it('opened the same lots, to the last bit, and none that are not proposed', () => {
    const run = readFixture<TrainingRun>('golden/execution.json.gz');
    const rules = { ...DEFAULT_ORDER_RULES, opposite: 'hold' as const };
    let opened = 0;
    for (let k = 1; k < run.steps.length; k++) {
      const step = run.steps[k]!;
      const [openTime, price] = run.bars_15m[k + 1]! as [number, number];
      const market = { price, atr14: step.atr, markPrice: closeAt(run, k) };
      const account = { equity: run.steps[k - 1]!.equity, lots: lotsBefore(run, k) };
      const intent = decodeAction({ mean: step.action, std: [1] });
      const proposal: OrderProposal = proposeOrder(intent, market, account, rules);
      const lot = step.lots.find((candidate) => candidate.opened_at_ms === openTime);
      // A lot that was stopped out in its first candle is not there any more.
      if (lot === undefined) continue;
      opened += 1;
      expect(proposal).toMatchObject({
        lot: {
          side: lot.side,
          margin: lot.margin,
          leverage: lot.leverage,
          fill: lot.entry_price,
          quantity: lot.qty,
          stopLoss: lot.sl_price,
          takeProfit: lot.tp_price,
        },
      });
    }
    expect(opened).toBe(228);
  });
});

describe('for any account', () => {
  it('no proposed lot breaks the limits', () => {
    const account = fc.record({
      equity: fc.double({ min: -1000, max: 1e7, noNaN: true }),
      lots: fc.array(
        fc.record({
          side: fc.constant('long' as const),
          entryPrice: fc.double({ min: 1, max: 1000, noNaN: true }),
          notional: fc.double({ min: 0, max: 1e5, noNaN: true }),
          margin: fc.double({ min: 0, max: 1e5, noNaN: true }),
          stepsInTrade: fc.integer({ min: 0, max: 192 }),
        }),
        { maxLength: 12 },
      ),
    });
    const intent = fc.record({
      direction: fc.constantFrom('LONG' as const, 'SHORT' as const),
      sizePct: fc.double({ min: 0, max: 1, noNaN: true }),
      leverage: fc.integer({ min: 1, max: 10 }),
      stopAtrMultiple: fc.double({ min: 0.5, max: 3, noNaN: true }),
      targetAtrMultiple: fc.double({ min: 0.5, max: 6, noNaN: true }),
    });
    fc.assert(
      fc.property(intent, account, (wanted, state) => {
        const proposal = proposeOrder(wanted, MARKET, state);
        if (!('lot' in proposal)) return;
        const remaining = proposal.type === 'FLIP' ? [] : state.lots;
        const margins = remaining.reduce((sum, { margin }) => sum + margin, 0);
        expect(remaining.length).toBeLessThan(10);
        expect(proposal.lot.margin).toBeGreaterThan(1);
        if (proposal.type !== 'FLIP') {
          expect(margins + proposal.lot.margin).toBeLessThanOrEqual(0.1 * state.equity * (1 + 1e-12));
        }
        const against = proposal.lot.side === 'long' ? 1 : -1;
        expect((proposal.lot.fill - MARKET.price) * against).toBeGreaterThan(0);
        expect((proposal.lot.takeProfit - proposal.lot.fill) * against).toBeGreaterThan(0);
        expect((proposal.lot.stopLoss - proposal.lot.fill) * against).toBeLessThan(0);
      }),
    );
  });
});
