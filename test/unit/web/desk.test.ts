import { describe, expect, test } from 'vitest';
import { distancePct, pnlAtPrice } from '../../../src/web/views/desk/live-pnl.ts';

describe('open lots at the live price', () => {
  const lot = { entry_price: 100, size_usdt: 500 };

  test.each([
    ['Long', 110, 50],
    ['Short', 110, -50],
    ['Long', 100, 0],
    ['Short', 50, 250],
  ] as const)('%s at %d', (side, price, expected) => {
    expect(pnlAtPrice({ ...lot, side }, price)).toBeCloseTo(expected, 9);
  });

  test('have a distance to their stop', () => expect(distancePct(200, 190)).toBeCloseTo(-5, 9));
});
