// promise: features.md, table "The 28 core features"

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Candle, FundingRate } from '../../../src/candle.ts';
import { featureNamed } from '../../../src/pipeline/features/catalogue.ts';
import { FeatureRows, featureRows, warmUpRowsOf } from '../../../src/pipeline/features/feature-rows.ts';
import { FEATURE_SETS } from '../../../src/pipeline/features/feature-sets.ts';
import {
  type FundingRow,
  GOLDEN_PACKAGES,
  type GoldenCoreFeatures,
  goldenPackage,
  readFixture,
  toCandles,
  toFunding,
} from '../../helper/golden.ts';
import { flatten, SYNTHETIC_START, spike, syntheticCandles } from '../../helper/synthetic-candles.ts';

const CORE_FEATURES = FEATURE_SETS.core28;
type CoreFeature = (typeof CORE_FEATURES)[number];
const FEATURES = CORE_FEATURES.map(featureNamed);
const CORE_FEATURE_COUNT = CORE_FEATURES.length;
const WARM_UP_ROWS = warmUpRowsOf(FEATURES);

function coreFeatures(candles: readonly Candle[], funding: readonly FundingRate[]): Float64Array {
  return featureRows(FEATURES, candles, funding);
}

/** features.md#38: relative 1e-9, absolute 1e-12 near zero. */
function expectClose(actual: number, expected: number, where: string): void {
  const difference = Math.abs(actual - expected);
  // Written so that NaN fails.
  if (difference <= Math.max(1e-12, 1e-9 * Math.abs(expected))) return;
  expect.fail(`${where}: ${actual} instead of ${expected}`);
}

function rowOf(rows: Float64Array, index: number): Float64Array {
  return rows.subarray(index * CORE_FEATURE_COUNT, (index + 1) * CORE_FEATURE_COUNT);
}

function feature(rows: Float64Array, index: number, name: CoreFeature): number {
  return rowOf(rows, index)[CORE_FEATURES.indexOf(name)]!;
}

describe('core features equal the original', () => {
  it('in every complete row of the golden window', () => {
    const golden = readFixture<GoldenCoreFeatures>('golden/core_features_1500.json.gz');
    expect(golden.columns).toEqual([...CORE_FEATURES]);
    const rows = coreFeatures(toCandles(golden.candles), toFunding(golden.funding));
    for (let i = WARM_UP_ROWS; i < golden.rows.length; i++) {
      golden.rows[i]!.forEach((expected, j) => {
        expectClose(rowOf(rows, i)[j]!, expected!, `${CORE_FEATURES[j]} of row ${i}`);
      });
    }
  });

  it.each(GOLDEN_PACKAGES)('in the last rows of %s', (name) => {
    for (const golden of goldenPackage(name).cases) {
      const rows = coreFeatures(toCandles(golden.candles), toFunding(golden.funding));
      for (const column of CORE_FEATURES) {
        expectClose(feature(rows, golden.candles.length - 1, column), golden.core_features[column]!, column);
      }
    }
  });

  const reference = readFixture<{ funding: FundingRow[]; cases: Record<string, Record<string, number[]>> }>(
    'features/reference_rows.json.gz',
  );
  const markets: Record<string, () => Candle[]> = {
    plain: () => syntheticCandles(1, 30_000, 1500),
    'prices of a hundred-thousandth': () => syntheticCandles(2, 0.00001, 1500),
    'prices of a billion': () => syntheticCandles(3, 1e9, 1500),
    'flat for half a day': () => flatten(syntheticCandles(4, 30_000, 1500), 800, 48),
    'flat for longer than the longest window': () => flatten(syntheticCandles(5, 30_000, 1700), 800, 700),
    'flat from the start': () => flatten(syntheticCandles(6, 30_000, 1500), 0, 700),
    'flat throughout': () => flatten(syntheticCandles(7, 30_000, 1500), 0, 1500),
    'one candle gone mad': () => spike(syntheticCandles(8, 30_000, 1700), 700),
  };
  it.each(Object.keys(reference.cases))('in a market that is %s', (name) => {
    const rows = coreFeatures(markets[name]!(), toFunding(reference.funding));
    for (const [index, expected] of Object.entries(reference.cases[name]!)) {
      expected.forEach((value, j) => {
        expectClose(rowOf(rows, Number(index))[j]!, value, `${CORE_FEATURES[j]} of row ${index}`);
      });
    }
  });
});

describe('the recurrence', () => {
  const candle = fc.record({
    move: fc.double({ min: -0.2, max: 0.2, noNaN: true }),
    up: fc.double({ min: 0, max: 0.1, noNaN: true }),
    down: fc.double({ min: 0, max: 0.1, noNaN: true }),
    volume: fc.oneof(fc.constant(0), fc.double({ min: -1, max: 1e12, noNaN: true })),
    flat: fc.boolean(),
  });

  /** Any market: jumps, flat periods, no volume, negative volume. */
  const market = fc
    .record({
      price: fc.double({ min: 1e-8, max: 1e9, noNaN: true }),
      shape: fc.array(candle, { minLength: 1, maxLength: 40 }),
      count: fc.integer({ min: 1, max: 900 }),
    })
    .map(({ price, shape, count }): Candle[] => {
      let open = price;
      return Array.from({ length: count }, (_, i) => {
        const { move, up, down, volume, flat } = shape[(i * 7 + (i >> 5)) % shape.length]!;
        const direction = open > price ? -Math.abs(move) : Math.abs(move);
        const close = flat ? open : open * (1 + direction);
        const high = flat ? open : Math.max(open, close) * (1 + up);
        const low = flat ? open : Math.min(open, close) * (1 - down);
        const result = { openTime: SYNTHETIC_START + i * 900_000, open, high, low, close, volume };
        open = close;
        return result;
      });
    });
  const funding: FundingRate[] = [
    { time: SYNTHETIC_START + 3_600_007, rate: 0.0001 },
    { time: SYNTHETIC_START + 90_000_000, rate: -0.0003 },
  ];

  it('gives only finite numbers after the warm-up', () => {
    fc.assert(
      fc.property(market, (candles) => {
        const rows = coreFeatures(candles, funding);
        const complete = rows.subarray(WARM_UP_ROWS * CORE_FEATURE_COUNT);
        expect(complete.every(Number.isFinite)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('gives RSI and ADX within 0..100, volatility and ranges of at least 0', () => {
    fc.assert(
      fc.property(market, (candles) => {
        const rows = coreFeatures(candles, funding);
        const outside = candles.findIndex(
          (_, i) =>
            (['rsi_14', 'adx_14'] as const).some(
              // ADX needs two candles.
              (name) => i > 0 && !(feature(rows, i, name) >= 0 && feature(rows, i, name) <= 100 + 1e-9),
            ) ||
            (['atr_14', 'hl_range_pct', 'vol_log'] as const).some((name) => !(feature(rows, i, name) >= 0)) ||
            feature(rows, i, 'vol_16') < 0,
        );
        expect(outside).toBe(-1);
      }),
      { numRuns: 30 },
    );
  });

  it('does not look ahead: rows do not depend on later candles', () => {
    fc.assert(
      fc.property(market, fc.double({ min: 0, max: 1, noNaN: true }), (candles, share) => {
        const count = Math.ceil(candles.length * share);
        const all = coreFeatures(candles, funding);
        expect(coreFeatures(candles.slice(0, count), funding)).toEqual(
          all.slice(0, count * CORE_FEATURE_COUNT),
        );
      }),
      { numRuns: 40 },
    );
  });

  it('gives the same bits candle by candle as in one batch, also with funding that arrives later', () => {
    fc.assert(
      fc.property(market, (candles) => {
        const arrived: FundingRate[] = [];
        const recurrence = new FeatureRows(FEATURES, arrived, candles.length);
        const rows = candles.map((next) => {
          while (
            arrived.length < funding.length &&
            funding[arrived.length]!.time <= next.openTime + 900_000
          ) {
            arrived.push(funding[arrived.length]!);
          }
          recurrence.append([next]);
          return [...recurrence.rows(recurrence.length - 1)];
        });
        expect(rows.flat()).toEqual([...coreFeatures(candles, funding)]);
      }),
      { numRuns: 40 },
    );
  });

  it('does not depend on the unit of the price where a feature is a ratio', () => {
    const priced: CoreFeature[] = ['atr_14', 'macd', 'macd_signal', 'macd_hist'];
    fc.assert(
      fc.property(market, fc.integer({ min: -20, max: 20 }), (candles, exponent) => {
        const unit = 2 ** exponent;
        const scaled = candles.map(({ openTime, open, high, low, close, volume }) => ({
          openTime,
          open: open * unit,
          high: high * unit,
          low: low * unit,
          close: close * unit,
          volume,
        }));
        const plain = coreFeatures(candles, funding);
        const different = coreFeatures(scaled, funding).findIndex((value, i) => {
          const name = CORE_FEATURES[i % CORE_FEATURE_COUNT]!;
          const expected = plain[i]! * (priced.includes(name) ? unit : 1);
          return Math.abs(value - expected) > 1e-9 * Math.max(1, Math.abs(expected));
        });
        expect(different).toBe(-1);
      }),
      { numRuns: 30 },
    );
  });

  it('gives the same rows when time is moved by whole weeks', () => {
    const week = 7 * 86_400_000;
    const candles = syntheticCandles(9, 100, 700);
    const moved = candles.map((next) => ({ ...next, openTime: next.openTime + 3 * week }));
    const movedFunding = funding.map(({ time, rate }) => ({ time: time + 3 * week, rate }));
    expect(coreFeatures(moved, movedFunding)).toEqual(coreFeatures(candles, funding));
  });
});

describe('undefined features are NaN, not zero', () => {
  it.each<[CoreFeature, number]>([
    ['ret_1', 1],
    ['ret_4', 4],
    ['ret_16', 16],
    ['ret_48', 48],
    ['vol_16', 16],
    ['vol_96', 96],
    ['vol_672', WARM_UP_ROWS],
    ['ema_20_slope', 1],
    ['ema_50_slope', 1],
    ['vol_z_96', 95],
    ['hl_range_pct', 0],
    ['rsi_14', 0],
    ['adx_14', 1],
    ['macd_hist', 0],
    ['time_to_next_funding_steps', 0],
  ])('%s is first defined in row %i', (name, first) => {
    const rows = coreFeatures(syntheticCandles(10, 100, 700), []);
    const undefinedRows = Array.from({ length: 700 }, (_, i) => i).filter((i) =>
      Number.isNaN(feature(rows, i, name)),
    );
    expect(undefinedRows).toEqual(Array.from({ length: first }, (_, i) => i));
  });
});

describe('flat markets', () => {
  const rows = coreFeatures(flatten(syntheticCandles(11, 0.1, 1000), 0, 1000), []);

  it.each<[CoreFeature, number]>([
    ['rsi_14', 50],
    ['adx_14', 0],
    ['vol_16', 0],
    ['vol_672', 0],
    ['vol_z_96', 0],
    ['atr_14', 0],
    ['macd', 0],
    ['ema_200_dist', 0],
  ])('%s is exactly %d', (name, value) => {
    expect(feature(rows, 999, name)).toBe(value);
  });

  it('RSI is 100 when the price only rises', () => {
    const rising = syntheticCandles(12, 100, 700).map((next, i) => ({ ...next, close: 100 + i }));
    expect(feature(coreFeatures(rising, []), 699, 'rsi_14')).toBe(100);
  });

  it('a move has no effect once it left the window', () => {
    const candles = flatten(spike(syntheticCandles(13, 100, 900), 100), 150, 750);
    const after = coreFeatures(candles, []);
    // Candle 149 is the last one whose close changes.
    for (const [name, window] of [
      ['vol_16', 16],
      ['vol_96', 96],
      ['vol_672', 672],
    ] as const) {
      expect(feature(after, 149 + window - 1, name)).toBeGreaterThan(0);
      expect(feature(after, 149 + window, name)).toBe(0);
    }
    expect(feature(after, 149 + 96, 'vol_z_96')).toBe(0);
  });
});

describe('funding and calendar', () => {
  const at = (time: string) => ({
    ...syntheticCandles(14, 100, 1)[0]!,
    openTime: Date.parse(time),
  });

  it.each([
    ['2026-01-05T07:45:00Z', 0, 'before the first'],
    ['2026-01-05T08:00:00Z', 0.0001, 'a time 7 ms late counts as its minute'],
    ['2026-01-05T15:45:00Z', 0.0001, 'until the next'],
    ['2026-01-05T16:00:00Z', -0.0002, 'from the next on'],
    ['2026-02-05T16:00:00Z', -0.0002, 'after the last'],
  ])('funding at %s is %d: %s', (time, rate) => {
    const funding = [
      { time: Date.parse('2026-01-05T08:00:00.007Z'), rate: 0.0001 },
      { time: Date.parse('2026-01-05T16:00:00.000Z'), rate: -0.0002 },
    ];
    expect(feature(coreFeatures([at(time)], funding), 0, 'funding_rate_now')).toBe(rate);
  });

  it.each([
    ['2026-01-05T00:00:00Z', 32, 0, 0], // a Monday
    ['2026-01-05T07:45:00Z', 1, 7, 0],
    ['2026-01-06T09:30:00Z', 26, 9, 1],
    ['2026-01-11T23:45:00Z', 1, 23, 6],
  ])('%s is %i steps from funding, hour %i, weekday %i', (time, steps, hour, weekday) => {
    const row = coreFeatures([at(time)], []);
    expect(feature(row, 0, 'time_to_next_funding_steps')).toBe(steps);
    expect(feature(row, 0, 'hour_sin')).toBeCloseTo(Math.sin((2 * Math.PI * hour) / 24), 12);
    expect(feature(row, 0, 'hour_cos')).toBeCloseTo(Math.cos((2 * Math.PI * hour) / 24), 12);
    expect(feature(row, 0, 'dow_sin')).toBeCloseTo(Math.sin((2 * Math.PI * weekday) / 7), 12);
    expect(feature(row, 0, 'dow_cos')).toBeCloseTo(Math.cos((2 * Math.PI * weekday) / 7), 12);
  });
});
