import { describe, expect, test } from 'vitest';
import type { EquityAnswer, PositionAnswer } from '../../../src/http/accounts/schema.ts';
import { buyAndHoldEquity } from '../../../src/web/charts/buy-and-hold.ts';
import { forecastPoints } from '../../../src/web/charts/forecast-points.ts';
import { tradeMarkers } from '../../../src/web/charts/trade-markers.ts';
import { type Candle, formingCandle, joinCandles } from '../../../src/web/views/desk/candle-list.ts';
import { distancePct, equityAtPrice, pnlAtPrice } from '../../../src/web/views/desk/live-pnl.ts';

const START = Date.parse('2026-11-26T00:00:00Z');
const MINUTE = 60_000;
const iso = (time: number) => new Date(time).toISOString();

function candle(openTime: number, minutes: number, prices: [number, number, number, number]): Candle {
  const [open, high, low, close] = prices;
  const times = { open_time: iso(openTime), close_time: iso(openTime + minutes * MINUTE) };
  return { ...times, open, high, low, close, volume: 1, filled: false };
}
const quarters = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => candle(START + (from + index) * 15 * MINUTE, 15, [1, 2, 0, 1]));

describe('candles', () => {
  test('that were loaded at different times are joined without holes', () => {
    expect(joinCandles(quarters(0, 5), quarters(3, 4))).toEqual(quarters(0, 7));
    expect(joinCandles(quarters(0, 3), quarters(3, 2))).toEqual(quarters(0, 5));
    expect(joinCandles(quarters(0, 2), quarters(3, 2))).toEqual(quarters(3, 2));
    expect(joinCandles(quarters(0, 2), [])).toEqual(quarters(0, 2));
    expect(joinCandles([], quarters(0, 2))).toEqual(quarters(0, 2));
  });

  const last = candle(START - 15 * MINUTE, 15, [100, 101, 99, 100]);
  const parts = [
    candle(START - 3 * MINUTE, 3, [50, 500, 5, 50]),
    candle(START, 3, [100, 103, 98, 102]),
    candle(START + 3 * MINUTE, 3, [102, 102, 97, 99]),
  ];
  const price = (at: number, value: number) => ({ price: value, timestamp: iso(at) });

  test.each([
    ['of its parts', parts, undefined, { open: 100, high: 103, low: 97, close: 99 }],
    [
      'with the last price',
      parts,
      price(START + 7 * MINUTE, 105),
      { open: 100, high: 105, low: 97, close: 105 },
    ],
    ['of the last price alone', [], price(START + MINUTE, 90), { open: 100, high: 100, low: 90, close: 90 }],
    ['without a price of another candle', parts, price(START + 15 * MINUTE, 900), { close: 99 }],
  ] as const)('that is not closed is made %s', (_what, own, now, expected) => {
    expect(formingCandle(last, own, now)).toMatchObject({ open_time: iso(START), ...expected });
  });

  test('that nothing is known of is not drawn', () => {
    expect(formingCandle(last, [], undefined)).toBeUndefined();
    expect(formingCandle(undefined, parts, price(START, 1))).toBeUndefined();
  });
});

test('a forecast begins at the close of its candle and goes on step by step', () => {
  const points = forecastPoints({
    asOf: iso(START),
    price: 1000,
    values: [
      [-0.01, 0, 0.01],
      // They may cross.
      [0.2, 0, Math.log(1.1)],
    ],
  });
  const open = START / 1000 - 15 * 60;
  expect(points.map(({ time }) => time)).toEqual([open, open + 900, open + 1800]);
  expect(points[0]).toMatchObject({ low: 1000, mid: 1000, high: 1000 });
  expect(points[2]?.low).toBe(1000);
  expect(points[2]?.mid).toBeCloseTo(1100, 9);
  expect(points[2]?.high).toBeCloseTo(1000 * Math.exp(0.2), 9);
});

describe('open lots at the newest price', () => {
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

  test('move the equity from the price that the service had', () => {
    expect(equityAtPrice(1000, [lot], 110)).toBeCloseTo(1040, 9);
    expect(equityAtPrice(1000, [{ ...lot, unrealized_pnl_usdt: null }], 110)).toBe(1000);
    expect(equityAtPrice(1000, [], 110)).toBe(1000);
  });

  test('are so far from their stop', () => expect(distancePct(200, 190)).toBeCloseTo(-5, 9));
});

describe('trades on the chart', () => {
  const colors = { up: 'up', down: 'down', text: 'text' };
  const trade = (side: 'Long' | 'Short', open: number, close: number | null, pnl: number | null) =>
    ({
      side,
      open_time: iso(START + open * MINUTE),
      close_time: close === null ? null : iso(START + close * MINUTE),
      realized_pnl_usdt: pnl,
    }) as PositionAnswer;
  const marks = (...trades: PositionAnswer[]) =>
    tradeMarkers(trades, colors, (START / 1000) as Parameters<typeof tradeMarkers>[2]).map(
      ({ time, shape, color, text }) => [(time * 1000 - START) / MINUTE, shape, color, text ?? ''],
    );

  test('are marked at the candles that they fell in, in order of time', () => {
    expect(
      marks(
        trade('Short', 16, 44, -3),
        trade('Long', 0, 20, 5),
        trade('Long', -60, 3, 0),
        trade('Long', 31, null, null),
      ),
    ).toEqual([
      [0, 'arrowUp', 'up', ''],
      [0, 'square', 'text', ''],
      [15, 'arrowDown', 'down', ''],
      [15, 'square', 'up', ''],
      [30, 'square', 'down', ''],
      [30, 'arrowUp', 'up', ''],
    ]);
  });

  test('are one mark where several of a kind fell in one candle', () => {
    expect(marks(trade('Long', 0, 16, 5), trade('Long', 1, 17, -9), trade('Long', 15, 29, 1))).toEqual([
      [0, 'arrowUp', 'up', '2'],
      [15, 'square', 'down', '3'],
      [15, 'arrowUp', 'up', ''],
    ]);
  });
});

test('buy and hold begins with the equity of the first point that has a price', () => {
  const point = (minutes: number, total_equity: number, price: number | null) =>
    ({ time: iso(START + minutes * MINUTE), total_equity, price }) as EquityAnswer['items'][number];
  const held = buyAndHoldEquity([
    point(0, 90, null),
    point(15, 100, 50),
    point(30, 120, null),
    point(45, 80, 75),
  ]);
  expect(held.map(({ value }) => value)).toEqual([100, 150]);
  expect(buyAndHoldEquity([point(0, 1, null)])).toEqual([]);
});
