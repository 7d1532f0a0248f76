import type { MarketWindow } from '../market/sync/market-history.ts';
import type { ModelPackage } from '../packages/model-package.ts';
import { type DecisionWindow, decidedWindow, decisionWindow } from '../pipeline/decision-window.ts';
import { type ForecastDependencies, type PackageForecast, packageForecast } from './package-forecast.ts';

/** Computes one forecast at a time from nothing but its window: no cache, no store, no batch. */
export interface SingleForecasts {
  /** The features of a window. @throws what reading the scaler throws */
  features(model: ModelPackage, market: MarketWindow): Promise<DecisionWindow>;
  /** The forecast on the features of a window. @throws MODEL_LOAD_FAILED, INFERENCE_UNAVAILABLE */
  forecast(model: ModelPackage, market: MarketWindow, window: DecisionWindow): Promise<PackageForecast>;
}

export function createSingleForecasts({ engine, scalers, stopwatch }: ForecastDependencies): SingleForecasts {
  return {
    async features(model, { candles, funding }) {
      return decisionWindow(model.pipeline, candles, funding, await scalers.of(model));
    },

    async forecast(model, market, window) {
      const start = stopwatch();
      const quantiles = await engine.forecast(model, window.scaled, 1);
      return packageForecast(model, market, decidedWindow(window), quantiles, {
        features: 0,
        forecast: stopwatch() - start,
      });
    },
  };
}
