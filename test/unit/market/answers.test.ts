// promise: docs/security.md "every answer of the exchange"

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  candlesOfRows,
  checkCandles,
  checkFunding,
  fundingOfEntries,
  splitAtClose,
} from '../../../src/market/exchange/answers.ts';
import { CANDLE, walk } from '../../helper/market.ts';

const START = Date.UTC(2025, 10, 10);
const { candles } = walk({ start: START, count: 40 });
const rows = candles.map(({ openTime, open, high, low, close, volume }) => [
  openTime,
  open,
  high,
  low,
  close,
  volume,
]);
const LATEST = START + 40 * CANDLE;
const [first = []] = rows;

describe('rows of candles', () => {
  test('are sorted and without duplicates, whatever their order', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...rows)), (chosen) => {
        const expected = candles.filter(({ openTime }) => chosen.some(([time]) => time === openTime));
        expect(candlesOfRows(chosen, '15m', LATEST)).toEqual(expected);
      }),
    );
  });

  test('become valid candles, or are refused', () => {
    const cell = fc.oneof(
      fc.double(),
      fc.integer(),
      fc.constantFrom(null, undefined, '1', {}, []),
      fc.constantFrom(...first),
    );
    fc.assert(
      fc.property(fc.oneof(fc.array(fc.oneof(fc.array(cell), cell)), fc.anything()), (answer) => {
        try {
          for (const { openTime, open, high, low, close, volume } of candlesOfRows(answer, '15m', LATEST)) {
            expect(openTime % CANDLE).toBe(0);
            expect(low).toBeGreaterThan(0);
            expect(Math.min(open, close)).toBeGreaterThanOrEqual(low);
            expect(Math.max(open, close)).toBeLessThanOrEqual(high);
            expect(volume).toBeGreaterThanOrEqual(0);
            expect([open, high, low, close, volume].every(Number.isFinite)).toBe(true);
          }
        } catch (error) {
          expect(error).toMatchObject({ name: 'ExchangeFailure', kind: 'malformed' });
        }
      }),
    );
  });

  test.each([
    ['something else than a list', { length: 1 }, 'not a list'],
    ['something else than a row', [7], 'row of six'],
    ['a row of five', [[START, 1, 1, 1, 1]], 'row of six'],
    ['a price that is missing', [[START, 1, undefined, 1, 1, 1]], 'the high NaN'],
    ['a price of zero', [[START, 0, 1, 0, 1, 1]], 'the open 0'],
    ['a price that is not finite', [[START, 1, Number.POSITIVE_INFINITY, 1, 1, 1]], 'the high Infinity'],
    ['a high below the close', [[START, 5, 6, 4, 7, 1]], 'the high 6'],
    ['a low above the open', [[START, 5, 9, 6, 7, 1]], 'the low 6'],
    ['a negative volume', [[START, 5, 6, 4, 5, -1]], 'the volume -1'],
    ['a time between two candles', [[START + 1, 5, 6, 4, 5, 1]], 'not a multiple of 15m'],
    ['a time in seconds', [[START / 1000, 5, 6, 4, 5, 1]], 'not a multiple of 15m'],
    ['a candle in the future', [[LATEST + CANDLE, 5, 6, 4, 5, 1]], 'in the future'],
    [
      'two candles of one time',
      [
        [START, 5, 6, 4, 5, 1],
        [START, 5, 6, 4, 5, 2],
      ],
      'appears twice and differs',
    ],
  ])('are refused with %s', (_name, answer, words) => {
    expect(() => candlesOfRows(answer, '15m', LATEST)).toThrow(words);
  });
});

describe('a candle is closed', () => {
  const three = candles.slice(0, 3);
  test.each([
    ['at its close time, when another one follows', 2 * CANDLE, 2],
    ['not a ms before its close time', 2 * CANDLE - 1, 1],
    ['not when it is the last of the list, however old', 90 * CANDLE, 2],
    ['not when the clock lags behind it', 0, 0],
  ])('%s', (_name, after, closed) => {
    const parts = splitAtClose(three, '15m', START + after);
    expect(parts.closed).toEqual(three.slice(0, closed));
    expect(parts.forming).toBe(three[closed]);
  });
});

describe('a list of candles', () => {
  const request = { timeframe: '15m', since: START, asOf: LATEST, overlap: candles[3] } as const;
  const [, , , known] = candles as [never, never, never, (typeof candles)[number]];

  test.each([
    ['contains the known candle', [known], undefined],
    ['has a small correction of it', [{ ...known, close: known.close * 1.019 }], undefined],
    [
      'has another symbol in its place',
      [{ ...known, open: known.open / 30, close: known.close / 30 }],
      "another symbol's",
    ],
    ['lacks it', [candles[4] as typeof known], 'not in the list'],
    ['is empty', [], 'is empty'],
  ])('that %s', (_name, list, words) => {
    const check = () => checkCandles(list, request);
    if (words === undefined) expect(check).not.toThrow();
    else expect(check).toThrow(words);
  });

  test('may be empty when nothing had closed', () => {
    expect(() =>
      checkCandles([], { ...request, since: LATEST - CANDLE + 1, overlap: undefined }),
    ).not.toThrow();
  });
});

describe('entries of funding', () => {
  const entry = { symbol: 'BTC/USDT:USDT', timestamp: START, fundingRate: 0.0001, info: {} };
  const parse = (entries: unknown) => fundingOfEntries(entries, 'BTC/USDT:USDT', LATEST);

  test('are sorted and without duplicates', () => {
    const later = { ...entry, timestamp: START + 3, fundingRate: -0.01 };
    expect(parse([later, entry, later])).toEqual([
      { time: START, rate: 0.0001 },
      { time: START + 3, rate: -0.01 },
    ]);
  });

  test.each([
    ['no list', 7, 'not a list'],
    ['another symbol', [{ ...entry, symbol: 'ETH/USDT:USDT' }], 'another symbol'],
    ['nothing', [null], 'another symbol'],
    ['no rate', [{ ...entry, fundingRate: undefined }], 'the funding rate undefined'],
    ['a rate of 100 %', [{ ...entry, fundingRate: 1 }], 'the funding rate 1'],
    ['no time', [{ ...entry, timestamp: '1' }], 'the funding time 1'],
    ['a time in the future', [{ ...entry, timestamp: LATEST + CANDLE }], 'in the future'],
    ['two rates at one time', [entry, { ...entry, fundingRate: 0 }], 'appears twice and differs'],
  ])('are refused with %s', (_name, answer, words) => {
    expect(() => parse(answer)).toThrow(words);
  });

  test('must contain what is known, and something after a day', () => {
    const overlap = { time: START, rate: 0.0001 };
    expect(() => checkFunding([overlap], { since: START, asOf: LATEST, overlap })).not.toThrow();
    expect(() => checkFunding([], { since: START, asOf: LATEST, overlap })).toThrow('not in the list');
    expect(() =>
      checkFunding([], { since: START, asOf: START + 24 * 4 * CANDLE, overlap: undefined }),
    ).toThrow('is empty');
    expect(() => checkFunding([], { since: START, asOf: START + CANDLE, overlap: undefined })).not.toThrow();
  });
});
