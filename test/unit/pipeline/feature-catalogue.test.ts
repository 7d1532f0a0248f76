// promise: pipelines.md, table "Catalogue of features"

import { describe, expect, test } from 'vitest';
import { PaperdeskError } from '../../../src/errors.ts';
import { FEATURE_FAMILIES, featureNamed } from '../../../src/pipeline/features/catalogue.ts';
import { FeatureRows, featureRows } from '../../../src/pipeline/features/feature-rows.ts';
import { type CandleRow, type FundingRow, readFixture, toCandles, toFunding } from '../../helper/golden.ts';

/** Columns of features over a window of candles, computed by the training code's own functions. */
interface GoldenColumns {
  readonly candles: CandleRow[];
  readonly funding: FundingRow[];
  /** The rows that the columns show. */
  readonly rows: number[];
  readonly first_defined: Record<string, number>;
  readonly columns: Record<string, (number | null)[]>;
}

const golden = readFixture<GoldenColumns & { readonly flat: GoldenColumns }>(
  'golden/features_catalogue.json.gz',
);

function rowsOf({ candles, funding, columns }: GoldenColumns, pieces: number) {
  const features = Object.keys(columns).map(featureNamed);
  const all = toCandles(candles);
  const recurrence = new FeatureRows(features, toFunding(funding), all.length);
  for (let from = 0; from < all.length; from += pieces) recurrence.append(all.slice(from, from + pieces));
  const rows = [...recurrence.rows(0)];
  return { features, rows };
}

describe.each([
  ['1500 candles', golden],
  ['a market that stands still at times', golden.flat],
])('%s', (_name, window) => {
  const { features, rows } = rowsOf(window, window.candles.length);
  const width = features.length;

  test.each(features.map(({ name }, index) => [name, index] as const))(
    '%s is what Python computed',
    (name, index) => {
      expect(features[index]!.firstRow).toBe(window.first_defined[name]);
      const differing = window.rows.filter((row, at) => {
        const ours = rows[row * width + index]!;
        const theirs = window.columns[name]![at]!;
        if (theirs === null) return !Number.isNaN(ours);
        return !(Math.abs(ours - theirs) <= 1e-9 * Math.abs(theirs) + 1e-12);
      });
      expect(differing).toEqual([]);
    },
  );

  test('one candle at a time gives the same rows', () => {
    expect(rowsOf(window, 1).rows).toEqual(rows);
  });
});

/** Features that the golden file does not have: closes, and the values worked out by hand, null where undefined. */
const HAND_MADE: readonly {
  readonly name: string;
  readonly closes: readonly number[];
  readonly values: readonly (number | null)[];
}[] = [{ name: 'roc_2', closes: [10, 12, 15, 9, 30], values: [null, null, 0.5, -0.25, 1] }];

test.each(HAND_MADE)('$name is what was worked out by hand', ({ name, closes, values }) => {
  const candles = closes.map((close, index) => {
    return { openTime: index * 900_000, open: close, high: close, low: close, close, volume: 1 };
  });
  const column = [...featureRows([featureNamed(name)], candles, [])];
  expect(column.map((value) => (Number.isNaN(value) ? null : value))).toEqual(values);
});

test('every family stands in the golden file or was worked out by hand', () => {
  const names = [...Object.keys(golden.columns), ...HAND_MADE.map(({ name }) => name)];
  const named = new Set(names.map((name) => featureNamed(name).family));
  expect(FEATURE_FAMILIES.filter((family) => !named.has(family))).toEqual([]);
});

describe('a name that cannot be computed is refused', () => {
  test.each([
    ['rsi_014', 'the nearest are "rsi_N"'],
    ['rsi_0', 'the nearest are "rsi_N"'],
    ['rsi_5001', 'its number 5001 must be from 1 to 5000'],
    ['vol_1', 'its number 1 must be from 2 to 5000'],
    ['close_z_1', 'its number 1 must be from 2 to 5000'],
    ['bb_pctb_20_0', 'its width must be more than 0'],
    ['macd_26_12_9', 'its fast span 26 must be smaller than its slow span 12'],
    ['ema_20_distance', '"ema_N_dist"'],
    ['constructor', 'There is no feature "constructor"'],
    ['', 'There is no feature ""'],
    [' ret_1', '"ret_N"'],
    ['RET_1', 'There is no feature "RET_1"'],
    ['x'.repeat(5000), 'There is no feature "xxx'],
  ])('%s', (name, words) => {
    expect(() => featureNamed(name)).toThrow(PaperdeskError);
    expect(() => featureNamed(name)).toThrow(words);
  });
});

test('a width of a band may have decimals', () => {
  expect(featureNamed('bb_width_50_2p5').parameters).toEqual({ N: 50, K: 2.5 });
  expect(featureNamed('bb_width_50_0p25').parameters).toEqual({ N: 50, K: 0.25 });
});
