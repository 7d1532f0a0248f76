import { describe, expect, test } from 'vitest';
import { distancePct, equityAtPrice, pnlAtPrice } from '../../../src/web/views/desk/live-pnl.ts';

describe('open lots at the live price', () => {
  const lot = {
    side: 'Long',
    entry_price: 100,
    size_usdt: 500,
    margin_usdt: 50,
    unrealized_pnl_usdt: 10,
  } as const;

  test.each([
    ['Long', 110, 50],
    ['Short', 110, -50],
    ['Long', 100, 0],
    ['Short', 50, 250],
  ] as const)('%s at %d', (side, price, expected) => {
    expect(pnlAtPrice({ ...lot, side }, price)).toBeCloseTo(expected, 9);
  });

  test('change the equity that the service computed at an earlier price', () => {
    expect(equityAtPrice(1000, [lot], 110)).toBeCloseTo(1040, 9);
    expect(equityAtPrice(1000, [{ ...lot, unrealized_pnl_usdt: null }], 110)).toBe(1000);
    expect(equityAtPrice(1000, [], 110)).toBe(1000);
  });

  test('have a distance to their stop', () => expect(distancePct(200, 190)).toBeCloseTo(-5, 9));
});
