import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Candle, FundingRate } from '../../src/candle.ts';

const FIXTURES = new URL('../fixtures/', import.meta.url);

/** A gzipped JSON file under test/fixtures. */
export function readFixture<T>(path: string): T {
  return JSON.parse(gunzipSync(readFileSync(new URL(path, FIXTURES))).toString()) as T;
}

/** [open time, open, high, low, close, volume] */
export type CandleRow = [number, number, number, number, number, number];
/** [time, rate] */
export type FundingRow = [number, number];

export interface GoldenCoreFeatures {
  readonly candles: CandleRow[];
  readonly funding: FundingRow[];
  readonly columns: string[];
  readonly rows: (number | null)[][];
}

/** The decision of the original system for one account. */
interface GoldenDecision {
  readonly account_state: number[];
  readonly mean: number[];
  readonly std: number[];
  readonly action: number[];
  readonly agreement: number;
  readonly direction: 'LONG' | 'SHORT' | 'FLAT';
  readonly size_pct: number;
  readonly leverage: number;
  readonly sl_atr_multiple: number;
  readonly tp_atr_multiple: number;
  readonly strength: number;
}

/** A window of the original system with the results of all steps up to its decisions. */
export interface GoldenCase {
  readonly last_open_time_ms: number;
  readonly candles: CandleRow[];
  readonly funding: FundingRow[];
  readonly core_features: Record<string, number>;
  readonly scaled_last_row: number[];
  readonly atr_14: number;
  readonly close: number;
  readonly quantiles: [number, number, number][];
  readonly forecast_features: number[];
  readonly decisions: Readonly<Record<'flat' | 'one_long' | 'three_short', GoldenDecision>>;
}

export interface GoldenPackage {
  readonly package: string;
  readonly cases: GoldenCase[];
}

export const GOLDEN_PACKAGES = ['alpha', 'beta', 'gamma', 'ppo_v1'] as const;

export function goldenPackage(name: string): GoldenPackage {
  return readFixture(`golden/${name}.json.gz`);
}

export function toCandles(rows: readonly CandleRow[]): Candle[] {
  return rows.map(([openTime, open, high, low, close, volume]) => ({
    openTime,
    open,
    high,
    low,
    close,
    volume,
  }));
}

export function toFunding(rows: readonly FundingRow[]): FundingRate[] {
  return rows.map(([time, rate]) => ({ time, rate }));
}
