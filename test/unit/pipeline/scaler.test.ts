import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CORE_FEATURE_COUNT, LOOKBACK_STEPS, WARM_UP_ROWS } from '../../../src/dimensions.ts';
import type { StandardScaler } from '../../../src/formats/model-files.ts';
import { CORE_FEATURES, coreFeatures } from '../../../src/pipeline/core-features.ts';
import { scaleRow, scalerToJson, scaleWindow } from '../../../src/pipeline/scaler.ts';
import { fitScaler, ScalerFit } from '../../../src/pipeline/scaler-fit.ts';
import { type FundingRow, goldenPackage, readFixture, toCandles, toFunding } from '../../helper/golden.ts';
import { syntheticCandles } from '../../helper/synthetic-candles.ts';

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
      const scaled = scaleRow(rows, golden.candles.length - 1, alphaScaler);
      const worst = Math.max(...scaled.map((value, i) => Math.abs(value - golden.scaled_last_row[i]!)));
      expect(worst).toBeLessThan(1e-10);
    }
  });

  it('gives the last 512 rows, oldest first, rounded to float32 at the very end', () => {
    const rows = coreFeatures(syntheticCandles(1, 100, 1300), []);
    const window = scaleWindow(rows, alphaScaler);
    expect(window.length).toBe(LOOKBACK_STEPS * CORE_FEATURE_COUNT);
    const first = Float32Array.from(scaleRow(rows, 1300 - LOOKBACK_STEPS, alphaScaler));
    const last = Float32Array.from(scaleRow(rows, 1299, alphaScaler));
    expect(window.slice(0, CORE_FEATURE_COUNT)).toEqual(first);
    expect(window.slice(-CORE_FEATURE_COUNT)).toEqual(last);
  });

  it('gives the window that ends before a given row', () => {
    const rows = coreFeatures(syntheticCandles(1, 100, 1300), []);
    const cut = rows.slice(0, 1250 * CORE_FEATURE_COUNT);
    expect(scaleWindow(rows, alphaScaler, 1250)).toEqual(scaleWindow(cut, alphaScaler));
  });

  it('refuses too few rows with their number', () => {
    expect(() => scaleWindow(new Float64Array(511 * CORE_FEATURE_COUNT), alphaScaler)).toThrow(
      'A forecast needs 512 rows of features; there are 511.',
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
      (_, i) => scaleRow(rows, WARM_UP_ROWS + i, scaler)[feature]!,
    );
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    expect(mean).toBeCloseTo(0, 9);
    expect(variance).toBeCloseTo(1, 9);
  });

  it('gives the same bits for any split of the rows', () => {
    const rows = coreFeatures(syntheticCandles(24, 100, 900), []);
    const whole = fitScaler(rows);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 900 }), { maxLength: 6 }), (cuts) => {
        const fit = new ScalerFit();
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
