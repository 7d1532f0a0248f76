import type { MarketWindow } from '../market/sync/market-history.ts';
import type { ModelPackage } from '../packages/model-package.ts';
import { createComputationCache } from '../runtime/computation-cache.ts';
import type { ForecastDependencies, PackageForecast } from './package-forecast.ts';
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

export function createForecasts(dependencies: ForecastDependencies): Forecasts {
  const { stopwatch } = dependencies;
  const single = createSingleForecasts(dependencies);
  const cache = createComputationCache<PackageForecast>(MAX_FORECASTS);
  const listeners: ((milliseconds: number) => void)[] = [];

  async function compute(model: ModelPackage, market: MarketWindow): Promise<PackageForecast> {
    const start = stopwatch();
    const window = await single.features(model, market);
    const features = stopwatch() - start;
    const forecast = await single.forecast(model, market, window);
    for (const listener of listeners) listener(forecast.timingsMs.forecast);
    return { ...forecast, timingsMs: { ...forecast.timingsMs, features } };
  }

  return {
    cached: (model, market) => cache.find(cacheKey(model, market)),

    async of(model, market) {
      const key = cacheKey(model, market);
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

function cacheKey({ id, version }: ModelPackage, { symbol, revision }: MarketWindow): string {
  return `${id} ${version} ${symbol} ${revision}`;
}
