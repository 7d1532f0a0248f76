import { describe, expect, test } from 'vitest';
import type { EquityAnswer } from '../../../src/http/equity/schema.ts';
import type { PositionAnswer } from '../../../src/http/positions/schema.ts';
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
  return { ...times, open, high, low, close, volume: 1, filled: false, complete: true };
}
const decisionCandles = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => candle(START + (from + index) * 15 * MINUTE, 15, [1, 2, 0, 1]));

describe('candles', () => {
  test('loaded at different times are joined only without a gap', () => {
    expect(joinCandles(decisionCandles(0, 5), decisionCandles(3, 4))).toEqual(decisionCandles(0, 7));
    expect(joinCandles(decisionCandles(0, 3), decisionCandles(3, 2))).toEqual(decisionCandles(0, 5));
    expect(joinCandles(decisionCandles(0, 2), decisionCandles(3, 2))).toEqual(decisionCandles(3, 2));
    expect(joinCandles(decisionCandles(0, 2), [])).toEqual(decisionCandles(0, 2));
    expect(joinCandles([], decisionCandles(0, 2))).toEqual(decisionCandles(0, 2));
  });

  const lastClosed = candle(START - 15 * MINUTE, 15, [100, 101, 99, 100]);
  const intrabarCandles = [
    candle(START - 3 * MINUTE, 3, [50, 500, 5, 50]),
    candle(START, 3, [100, 103, 98, 102]),
    candle(START + 3 * MINUTE, 3, [102, 102, 97, 99]),
  ];
  const price = (at: number, value: number) => ({ price: value, timestamp: iso(at) });

  test.each([
    ['its intrabar candles', intrabarCandles, undefined, { open: 100, high: 103, low: 97, close: 99 }],
    [
      'its intrabar candles and the last price',
      intrabarCandles,
      price(START + 7 * MINUTE, 105),
      { open: 100, high: 105, low: 97, close: 105 },
    ],
    ['the last price alone', [], price(START + MINUTE, 90), { open: 100, high: 100, low: 90, close: 90 }],
    [
      'its intrabar candles, without the price of another candle',
      intrabarCandles,
      price(START + 15 * MINUTE, 900),
      { close: 99 },
    ],
  ] as const)('that is forming is built from %s', (_what, candles, lastPrice, expected) => {
    expect(formingCandle(lastClosed, candles, lastPrice)).toMatchObject({
      open_time: iso(START),
      ...expected,
    });
  });

  test('that is forming is unknown without intrabar candles and price', () => {
    expect(formingCandle(lastClosed, [], undefined)).toBeUndefined();
    expect(formingCandle(undefined, intrabarCandles, price(START, 1))).toBeUndefined();
  });

  test('that is forming is as long as the closed ones', () => {
    const lastHour = candle(START - 60 * MINUTE, 60, [100, 101, 99, 100]);
    const lastFiveMinutes = candle(START + 55 * MINUTE, 5, [100, 100, 100, 104]);
    const next = candle(START + 60 * MINUTE, 5, [1, 1, 1, 1]);
    expect(formingCandle(lastHour, [lastFiveMinutes, next], undefined)).toMatchObject({ close: 104 });
  });
});

test.each([15, 60])('a forecast of candles of %d min has one point per candle', (minutes) => {
  const points = forecastPoints({
    asOf: iso(START),
    price: 1000,
    stepMs: minutes * MINUTE,
    values: [
      [-0.01, 0, 0.01],
      // These quantiles cross.
      [0.2, 0, Math.log(1.1)],
    ],
  });
  const step = minutes * 60;
  const open = START / 1000 - step;
  expect(points.map(({ time }) => time)).toEqual([open, open + step, open + 2 * step]);
  expect(points[0]).toMatchObject({ low: 1000, mid: 1000, high: 1000 });
  expect(points[2]?.low).toBe(1000);
  expect(points[2]?.mid).toBeCloseTo(1100, 9);
  expect(points[2]?.high).toBeCloseTo(1000 * Math.exp(0.2), 9);
});

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

describe('trades on the chart', () => {
  const colors = { long: 'up', short: 'down', text: 'text' };
  const trade = (side: 'Long' | 'Short', open: number, close: number | null, pnl: number | null) =>
    ({
      side,
      open_time: iso(START + open * MINUTE),
      close_time: close === null ? null : iso(START + close * MINUTE),
      realized_pnl_usdt: pnl,
    }) as PositionAnswer;
  const markersOf = (candleMinutes: number, trades: PositionAnswer[]) =>
    tradeMarkers(
      trades,
      colors,
      (START / 1000) as Parameters<typeof tradeMarkers>[2],
      candleMinutes * MINUTE,
    ).map(({ time, shape, color, text }) => [(time * 1000 - START) / MINUTE, shape, color, text ?? '']);
  const markers = (...trades: PositionAnswer[]) => markersOf(15, trades);

  test('are marked at the candles of their fills, in order of time', () => {
    expect(
      markers(
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

  test('are marked at candles of an hour where the package decides hourly', () => {
    expect(markersOf(60, [trade('Long', 61, 130, 5)])).toEqual([
      [60, 'arrowUp', 'up', ''],
      [120, 'square', 'up', ''],
    ]);
  });

  test('of the same kind and candle share one marker', () => {
    expect(markers(trade('Long', 0, 16, 5), trade('Long', 1, 17, -9), trade('Long', 15, 29, 1))).toEqual([
      [0, 'arrowUp', 'up', '2'],
      [15, 'square', 'down', '3'],
      [15, 'arrowUp', 'up', ''],
    ]);
  });
});

test('buy and hold starts with the equity of the first point that has a price', () => {
  const point = (minutes: number, total_equity: number, price: number | null) =>
    ({ time: iso(START + minutes * MINUTE), total_equity, price }) as EquityAnswer['items'][number];
  const equity = buyAndHoldEquity([
    point(0, 90, null),
    point(15, 100, 50),
    point(30, 120, null),
    point(45, 80, 75),
  ]);
  expect(equity.map(({ value }) => value)).toEqual([100, 150]);
  expect(buyAndHoldEquity([point(0, 1, null)])).toEqual([]);
});
