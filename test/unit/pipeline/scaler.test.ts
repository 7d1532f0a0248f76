import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Candle, FundingRate } from '../../../src/candle.ts';
import type { StandardScaler } from '../../../src/formats/model-files.ts';
import { decisionWindow } from '../../../src/pipeline/decision-window.ts';
import { featureNamed } from '../../../src/pipeline/features/catalogue.ts';
import { featureRows, warmUpRowsOf } from '../../../src/pipeline/features/feature-rows.ts';
import { FEATURE_SETS } from '../../../src/pipeline/features/feature-sets.ts';
import { scaleRows, scalerToJson } from '../../../src/pipeline/scaler.ts';
import { ScalerFit } from '../../../src/pipeline/scaler-fit.ts';
import { type FundingRow, goldenPackage, readFixture, toCandles, toFunding } from '../../helper/golden.ts';
import { syntheticCandles } from '../../helper/synthetic-candles.ts';

const CORE_FEATURES = FEATURE_SETS.core28;
const FEATURES = CORE_FEATURES.map(featureNamed);
const CORE_FEATURE_COUNT = CORE_FEATURES.length;
const WARM_UP_ROWS = warmUpRowsOf(FEATURES);

function coreFeatures(candles: readonly Candle[], funding: readonly FundingRate[]): Float64Array {
  return featureRows(FEATURES, candles, funding);
}

function rowOf(rows: Float64Array, row: number): Float64Array {
  return rows.slice(row * CORE_FEATURE_COUNT, (row + 1) * CORE_FEATURE_COUNT);
}

function fitScaler(rows: Float64Array): Required<Omit<StandardScaler, 'training'>> {
  const fit = new ScalerFit(CORE_FEATURES);
  fit.add(rows);
  return fit.finish();
}

/** The scaler that scikit-learn fitted for the package alpha. */
const alphaScaler: StandardScaler = (() => {
  const path = new URL('../../fixtures/packages/alpha/scaler.expected.json', import.meta.url);
  const { mean, scale } = JSON.parse(readFileSync(path, 'utf8')) as { mean: number[]; scale: number[] };
  return { mean: Float64Array.from(mean), scale: Float64Array.from(scale) };
})();

describe('applying a scaler', () => {
  it('gives the scaled last row of the original', () => {
    for (const golden of goldenPackage('alpha').cases) {
      const rows = coreFeatures(toCandles(golden.candles), toFunding(golden.funding));
      const scaled = scaleRows(rows.slice(-CORE_FEATURE_COUNT), alphaScaler);
      scaled.forEach((value, i) => {
        expect(value).toBe(Math.fround(golden.scaled_last_row[i]!));
      });
    }
  });

  it('gives the last rows, oldest first, rounded to float32 at the very end', () => {
    const candles = syntheticCandles(1, 100, 1300);
    const rows = coreFeatures(candles, []);
    const { scaled } = decisionWindow({ features: FEATURES, lookbackSteps: 512 }, candles, [], alphaScaler);
    expect(scaled).toEqual(scaleRows(rows.slice(-512 * CORE_FEATURE_COUNT), alphaScaler));
    const feature = CORE_FEATURES.indexOf('atr_14');
    const last = rows.at(feature - CORE_FEATURE_COUNT)!;
    const expected = (last - alphaScaler.mean[feature]!) / alphaScaler.scale[feature]!;
    expect(scaled.at(feature - CORE_FEATURE_COUNT)).toBe(Math.fround(expected));
  });

  it('gives the same numbers for one window after another of other lengths', () => {
    const candles = syntheticCandles(1, 100, 1300);
    const windowOf = (from: number) =>
      decisionWindow({ features: FEATURES, lookbackSteps: 512 }, candles.slice(from), [], alphaScaler);
    const first = windowOf(0);
    windowOf(50);
    expect(windowOf(0)).toEqual(first);
  });

  it('refuses too few candles with their number', () => {
    const pipeline = { features: FEATURES, lookbackSteps: 512 };
    expect(() => decisionWindow(pipeline, syntheticCandles(1, 100, 511), [], alphaScaler)).toThrow(
      'A forecast needs 512 candles; there are 511.',
    );
  });
});

describe('fitting a scaler', () => {
  it('equals scikit-learn for the same rows', () => {
    const reference = readFixture<{ funding: FundingRow[]; scaler: { mean: number[]; scale: number[] } }>(
      'features/reference_rows.json.gz',
    );
    const expected = reference.scaler;
    const rows = coreFeatures(syntheticCandles(21, 30_000, 3000), toFunding(reference.funding));
    const { mean, scale } = fitScaler(rows);
    for (let i = 0; i < CORE_FEATURE_COUNT; i++) {
      expect(Math.abs(mean[i]! - expected.mean[i]!)).toBeLessThanOrEqual(1e-9 * scale[i]!);
      expect(Math.abs(scale[i]! / expected.scale[i]! - 1)).toBeLessThanOrEqual(1e-9);
    }
  });

  it('gives scale 1 to a constant feature', () => {
    const { scale } = fitScaler(coreFeatures(syntheticCandles(22, 100, 900), []));
    expect(scale[CORE_FEATURES.indexOf('funding_rate_now')]).toBe(1);
  });

  it('scales its own rows to mean 0 and deviation 1', () => {
    const rows = coreFeatures(syntheticCandles(23, 100, 1500), []);
    const scaler = fitScaler(rows);
    const feature = CORE_FEATURES.indexOf('vol_672');
    const values = Array.from(
      { length: 1500 - WARM_UP_ROWS },
      (_, i) => scaleRows(rowOf(rows, WARM_UP_ROWS + i), scaler)[feature]!,
    );
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    expect(mean).toBeCloseTo(0, 6);
    expect(variance).toBeCloseTo(1, 6);
  });

  it('gives the same bits for any split of the rows', () => {
    const rows = coreFeatures(syntheticCandles(24, 100, 900), []);
    const whole = fitScaler(rows);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 900 }), { maxLength: 6 }), (cuts) => {
        const fit = new ScalerFit(CORE_FEATURES);
        const edges = [0, ...cuts.sort((a, b) => a - b), 900];
        for (let i = 1; i < edges.length; i++) {
          fit.add(rows.subarray(edges[i - 1]! * CORE_FEATURE_COUNT, edges[i]! * CORE_FEATURE_COUNT));
        }
        expect(fit.rows).toBe(900 - WARM_UP_ROWS);
        expect(fit.finish()).toEqual(whole);
      }),
      { numRuns: 20 },
    );
  });

  it('refuses to fit no rows', () => {
    expect(() => fitScaler(coreFeatures(syntheticCandles(25, 100, 600), []))).toThrow('no complete row');
  });

  it('reads back from JSON with the same bits', () => {
    const scaler = fitScaler(coreFeatures(syntheticCandles(26, 100, 900), []));
    const fittedOn = {
      symbol: 'BTCUSDT',
      market: 'Binance USDT-M perpetual',
      timeframe: '15m',
      from: '2023-01-01T00:00:00Z',
      to: '2023-01-10T00:00:00Z',
      rows: 228,
    };
    const read = JSON.parse(JSON.stringify(scalerToJson(scaler, fittedOn)));
    expect(Float64Array.from(read.mean)).toEqual(scaler.mean);
    expect(Float64Array.from(read.scale)).toEqual(scaler.scale);
    expect(read.feature_order).toEqual([...CORE_FEATURES]);
    expect(read.fitted_on).toEqual(fittedOn);
  });
});
