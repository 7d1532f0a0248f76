import { LRUCache } from 'lru-cache';
import type { MarketWindow } from '../market/sync/market-history.ts';
import type { ModelPackage } from '../packages/model-package.ts';
import { scaleWindow, type WindowFeatures, windowFeatures } from '../pipeline/decision-window.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { createComputationCache } from '../runtime/computation-cache.ts';
import { type ForecastDependencies, forecastKey, type PackageForecast } from './package-forecast.ts';
import { createSingleForecasts } from './single-forecasts.ts';

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

/** A day of forecasts for two packages. */
const MAX_FORECASTS = 200;
/** Features that packages share at one close: 115 kB each. Computing them takes as long as a small forecast. */
const MAX_SHARED_FEATURES = 20;

export function createForecasts(dependencies: ForecastDependencies): Forecasts {
  const { stopwatch } = dependencies;
  const single = createSingleForecasts(dependencies);
  const cache = createComputationCache<PackageForecast>(MAX_FORECASTS);
  const shared = new LRUCache<string, WindowFeatures>({ max: MAX_SHARED_FEATURES });
  const listeners: ((milliseconds: number) => void)[] = [];

  function featuresOf({ pipeline }: ModelPackage, market: MarketWindow): WindowFeatures {
    const key = featuresKey(pipeline, market);
    const known = shared.get(key);
    if (known !== undefined) return known;
    const computed = windowFeatures(pipeline, market.candles, market.funding);
    shared.set(key, computed);
    return computed;
  }

  async function compute(model: ModelPackage, market: MarketWindow): Promise<PackageForecast> {
    const start = stopwatch();
    const scaler = await dependencies.scalers.of(model);
    const window = scaleWindow(featuresOf(model, market), scaler);
    const features = stopwatch() - start;
    const forecast = await single.forecast(model, market, window);
    for (const listener of listeners) listener(forecast.timingsMs.forecast);
    return { ...forecast, timingsMs: { ...forecast.timingsMs, features } };
  }

  return {
    cached: (model, market) => cache.find(forecastKey(model, market)),

    async of(model, market) {
      const key = forecastKey(model, market);
      const cached = cache.find(key);
      // The same content may be older by now: its validity is that of this window.
      if (cached !== undefined) return { ...(await cached), market };
      return cache.get(key, () => compute(model, market));
    },

    onComputed(listener) {
      listeners.push(listener);
    },
  };
}

function featuresKey(
  { features, lookbackSteps, historyCandles }: Pipeline,
  { symbol, revision }: MarketWindow,
) {
  return [symbol, revision, lookbackSteps, historyCandles, ...features.map(({ name }) => name)].join(' ');
}
