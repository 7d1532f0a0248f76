import { LRUCache } from 'lru-cache';
import type { MarketWindow } from '../market/sync/market-history.ts';
import type { ModelPackage } from '../packages/model-package.ts';
import { type DecisionWindow, decisionWindow } from '../pipeline/decision-window.ts';
import { forecastFeatures } from '../pipeline/forecast-features.ts';
import type { PackageEngine } from './package-engine.ts';
import type { Scalers } from './scalers.ts';

/** What a package computes on one closed candle before any account is involved. */
export interface PackageForecast {
  readonly market: MarketWindow;
  /** Close time of the candle, ms since the epoch. */
  readonly asOf: number;
  readonly window: DecisionWindow;
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

/** Forecasts for live decisions, computed once per package version, symbol and window (forecast-and-policy.md#40). */
export interface Forecasts {
  /**
   * The forecast of a package on a window, from the cache where it is there.
   * @throws MODEL_LOAD_FAILED, INFERENCE_UNAVAILABLE
   */
  of(model: ModelPackage, market: MarketWindow): Promise<PackageForecast>;
  /** The cached forecast, undefined when there is none. */
  cached(model: ModelPackage, market: MarketWindow): Promise<PackageForecast> | undefined;
  /** Listeners get the ms that each computation of a forecast took. */
  onComputed(listener: (milliseconds: number) => void): void;
}

export interface ForecastDependencies {
  readonly engine: Pick<PackageEngine, 'forecast'>;
  readonly scalers: Scalers;
  /** Monotonic clock in ms, for timings only. */
  readonly stopwatch: () => number;
}

/** A day of forecasts for two packages. */
const MAX_FORECASTS = 200;

export function createForecasts({ engine, scalers, stopwatch }: ForecastDependencies): Forecasts {
  const cache = new LRUCache<string, Promise<PackageForecast>>({ max: MAX_FORECASTS });
  const listeners: ((milliseconds: number) => void)[] = [];

  async function compute(model: ModelPackage, market: MarketWindow): Promise<PackageForecast> {
    const scaler = await scalers.of(model);
    const start = stopwatch();
    const window = decisionWindow(model.pipeline, market.candles, market.funding, scaler);
    const ready = stopwatch();
    const quantiles = await engine.forecast(model, window.scaled, 1);
    const timingsMs = { features: ready - start, forecast: stopwatch() - ready };
    for (const listener of listeners) listener(timingsMs.forecast);
    return packageForecast(model, market, window, quantiles, timingsMs);
  }

  return {
    cached: (model, market) => cache.get(cacheKey(model, market)),

    async of(model, market) {
      const key = cacheKey(model, market);
      const cached = cache.get(key);
      // The same content may be older by now: its validity is that of this window.
      if (cached !== undefined) return { ...(await cached), market };
      const forecast = compute(model, market);
      cache.set(key, forecast);
      forecast.catch(() => cache.delete(key));
      return forecast;
    },

    onComputed(listener) {
      listeners.push(listener);
    },
  };
}

function cacheKey({ id, version }: ModelPackage, { symbol, revision }: MarketWindow): string {
  return `${id} ${version} ${symbol} ${revision}`;
}

/** A forecast from the quantiles of a window, [horizon, 3]. */
export function packageForecast(
  { pipeline }: Pick<ModelPackage, 'pipeline'>,
  market: MarketWindow,
  window: DecisionWindow,
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
