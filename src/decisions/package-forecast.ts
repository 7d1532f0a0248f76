import type { MarketWindow } from '../market/sync/market-history.ts';
import type { ModelPackage } from '../packages/model-package.ts';
import type { DecidedWindow } from '../pipeline/decision-window.ts';
import { forecastFeatures } from '../pipeline/forecast-features.ts';
import type { PackageEngine } from './package-engine.ts';
import type { Scalers } from './scalers.ts';

/** What a package computes on one closed candle before any account is involved. */
export interface PackageForecast {
  readonly market: MarketWindow;
  /** Close time of the candle, ms since the epoch. */
  readonly asOf: number;
  readonly window: DecidedWindow;
  /** Row-major [horizon, 3]: low, mid, high of ln(close[t+h]/close[t]). */
  readonly quantiles: Float32Array;
  readonly forecastFeatures: Float64Array;
  /** Whether all numbers that a decision uses are finite. */
  readonly allFinite: boolean;
  readonly timingsMs: ForecastTimings;
}

export interface ForecastTimings {
  readonly features: number;
  readonly forecast: number;
}

export interface ForecastDependencies {
  readonly engine: Pick<PackageEngine, 'forecast'>;
  readonly scalers: Scalers;
  /** Monotonic clock in ms, for timings only. */
  readonly stopwatch: () => number;
}

/** What a forecast is cached by: equal keys give equal forecasts. */
export function forecastKey(
  { id, version }: ModelPackage,
  { symbol, revision }: Pick<MarketWindow, 'symbol' | 'revision'>,
): string {
  return `${id} ${version} ${symbol} ${revision}`;
}

/** The quantiles of a forecast as answers show them: none where a number of them is not finite (http.md#15). */
export function shownQuantiles({ quantiles }: Pick<PackageForecast, 'quantiles'>): Float32Array {
  return quantiles.every(Number.isFinite) ? quantiles : new Float32Array();
}

/** A forecast from the quantiles of a window, [horizon, 3]. */
export function packageForecast(
  { pipeline }: Pick<ModelPackage, 'pipeline'>,
  market: MarketWindow,
  window: DecidedWindow,
  quantiles: Float32Array,
  timingsMs: ForecastTimings,
): PackageForecast {
  return {
    market,
    asOf: market.closeTime,
    window,
    quantiles,
    forecastFeatures: forecastFeatures(quantiles, pipeline.forecastFeatures),
    allFinite: window.validity === 1 && quantiles.every(Number.isFinite),
    timingsMs,
  };
}
