import { describe, expect, test } from 'vitest';
import type { CandlesAnswer } from '../../../src/http/market/schema.ts';
import { type ChartCandle, extremes, indexAt } from '../../../src/web/charts/chart-candle.ts';
import { chartCandles, formingCandle, joinCandles } from '../../../src/web/views/desk/chart/candle-list.ts';

const START = Date.parse('2026-11-26T00:00:00Z');
const MINUTE = 60_000;
const iso = (time: number) => new Date(time).toISOString();

function candle(time: number, prices: [number, number, number, number]): ChartCandle {
  const [open, high, low, close] = prices;
  return { time, open, high, low, close, volume: 1 };
}
const STEP = 15 * MINUTE;
const decisionCandles = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => candle(START + (from + index) * STEP, [1, 2, 0, 1]));
const join = (known: readonly ChartCandle[], newest: readonly ChartCandle[]) =>
  joinCandles(known, newest, STEP);

describe('candles', () => {
  test('loaded at different times are joined only without a gap', () => {
    expect(join(decisionCandles(0, 5), decisionCandles(3, 4))).toEqual(decisionCandles(0, 7));
    expect(join(decisionCandles(0, 3), decisionCandles(3, 2))).toEqual(decisionCandles(0, 5));
    expect(join(decisionCandles(0, 2), decisionCandles(3, 2))).toEqual(decisionCandles(3, 2));
    expect(join(decisionCandles(0, 2), [])).toEqual(decisionCandles(0, 2));
    expect(join([], decisionCandles(0, 2))).toEqual(decisionCandles(0, 2));
  });

  test('of an answer are closed: an incomplete one at its end is left out, one before it is not', () => {
    const answer = [false, true, false].map((complete, index) => ({
      ...{ open_time: iso(START + index * STEP), close_time: iso(START + (index + 1) * STEP) },
      ...{ open: 1, high: 2, low: 0, close: 1, volume: 1, filled: false, complete },
    })) satisfies CandlesAnswer['candles'];
    expect(chartCandles({ candles: answer })).toEqual(decisionCandles(0, 2));
    expect(chartCandles({ candles: [] })).toEqual([]);
  });

  test('are found by an instant, and give the prices of a range', () => {
    const candles = [
      candle(START, [1, 5, 1, 2]),
      candle(START + STEP, [2, 9, 0.5, 3]),
      candle(START + 2 * STEP, [3, 4, 2, 3]),
    ];
    expect([-1, 0, STEP - 1, STEP, 99 * STEP].map((at) => indexAt(candles, START + at))).toEqual([
      -1, 0, 0, 1, 2,
    ]);
    expect(extremes(candles, START + STEP + MINUTE, START + STEP + 2 * MINUTE)).toEqual({
      highest: 9,
      lowest: 0.5,
    });
    expect(extremes(candles, START, START + 5 * STEP)).toEqual({ highest: 9, lowest: 0.5 });
    expect(extremes(candles, START - STEP, START - 1)).toBeUndefined();
  });
});

describe('the candle that is forming', () => {
  const lastClosed = candle(START - STEP, [100, 101, 99, 100]);
  const intrabarCandles = [
    candle(START - 3 * MINUTE, [50, 500, 5, 50]),
    candle(START, [100, 103, 98, 102]),
    candle(START + 3 * MINUTE, [102, 102, 97, 99]),
  ];
  const price = (at: number, value: number) => ({ price: value, timestamp: iso(at) });

  test.each([
    [
      'its intrabar candles',
      intrabarCandles,
      undefined,
      { open: 100, high: 103, low: 97, close: 99, volume: 2 },
    ],
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
  ] as const)('is built from %s', (_what, candles, lastPrice, expected) => {
    expect(formingCandle(lastClosed, STEP, candles, lastPrice)).toMatchObject({ time: START, ...expected });
  });

  test('is unknown without intrabar candles and price', () => {
    expect(formingCandle(lastClosed, STEP, [], undefined)).toBeUndefined();
    expect(formingCandle(undefined, STEP, intrabarCandles, price(START, 1))).toBeUndefined();
  });

  test('is as long as the closed ones', () => {
    const lastHour = candle(START - 60 * MINUTE, [100, 101, 99, 100]);
    const lastFiveMinutes = candle(START + 55 * MINUTE, [100, 100, 100, 104]);
    const next = candle(START + 60 * MINUTE, [1, 1, 1, 1]);
    expect(formingCandle(lastHour, 60 * MINUTE, [lastFiveMinutes, next], undefined)).toMatchObject({
      close: 104,
    });
  });
});
