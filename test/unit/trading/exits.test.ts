import { describe, expect, it } from 'vitest';
import { exitOf, liquidationPrice } from '../../../src/trading/exits.ts';
import { candle3m, lot, shortLot } from '../../helper/paper.ts';

/** [what, candle as open, high, low, close, expected] for a long of 100 with stop 95 and target 110. */
const CASES = [
  ['stays open inside stop and target', [100, 109.9, 95.1, 100], null],
  ['is closed at the stop', [100, 101, 94, 96], { reason: 'STOP_LOSS', price: 95 }],
  ['is closed at a stop that is only touched', [100, 101, 95, 96], { reason: 'STOP_LOSS', price: 95 }],
  ['is closed at the target', [100, 111, 99, 100], { reason: 'TAKE_PROFIT', price: 110 }],
  ['hits its stop before its target', [100, 111, 94, 100], { reason: 'STOP_LOSS', price: 95 }],
  ['is closed at the open beyond its stop', [93, 96, 92, 95], { reason: 'STOP_LOSS', price: 93 }],
  [
    'is closed at the target by an open beyond it',
    [112, 113, 111, 112],
    { reason: 'TAKE_PROFIT', price: 110 },
  ],
  ['is liquidated before its stop', [100, 111, 90.4, 100], { reason: 'LIQUIDATION', price: 90.5 }],
  ['is liquidated by the open', [90, 91, 89, 90], { reason: 'LIQUIDATION', price: 90 }],
] as const;

describe('a candle', () => {
  it.each(CASES)('a long %s', (_, [open, high, low, close], expected) => {
    const exit = exitOf(lot(), candle3m(0, open, high, low, close), { stopGap: 'open' });
    expect(exit).toEqual(expected && expect.objectContaining(expected));
  });

  it.each(CASES)('a short, mirrored, %s', (_, [open, high, low, close], expected) => {
    const exit = exitOf(shortLot(), candle3m(0, 200 - open, 200 - low, 200 - high, 200 - close), {
      stopGap: 'open',
    });
    expect(exit).toEqual(
      expected && expect.objectContaining({ ...expected, price: expect.closeTo(200 - expected.price, 10) }),
    );
  });

  it('fills a stop at the stop even behind a gap, with that setting', () => {
    expect(exitOf(lot(), candle3m(0, 93, 96, 92, 95), { stopGap: 'stop' })).toEqual({
      reason: 'STOP_LOSS',
      price: 95,
      atOpen: false,
    });
  });

  it('hits the stop first where the target is nearer', () => {
    expect(
      exitOf(lot({ takeProfit: 100.5 }), candle3m(0, 100, 111, 94, 110), { stopGap: 'open' })?.reason,
    ).toBe('STOP_LOSS');
  });

  it('liquidates exactly where margin and PnL are 0.5 % of the notional', () => {
    expect(liquidationPrice(lot())).toBe(90.5);
    expect(exitOf(lot({ stopLoss: 1 }), candle3m(0, 100, 100, 90.5, 91), { stopGap: 'open' })?.reason).toBe(
      'LIQUIDATION',
    );
    expect(exitOf(lot({ stopLoss: 1 }), candle3m(0, 100, 100, 90.51, 91), { stopGap: 'open' })).toBeNull();
  });
});
