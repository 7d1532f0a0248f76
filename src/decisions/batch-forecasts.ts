import { LRUCache } from 'lru-cache';
import { QUANTILE_COUNT } from '../dimensions.ts';
import type { MarketWindow } from '../market/sync/market-history.ts';
import type { ModelPackage } from '../packages/model-package.ts';
import {
  type DecidedWindow,
  type DecisionWindow,
  decidedWindow,
  decisionWindow,
} from '../pipeline/decision-window.ts';
import type { Forecasts } from './forecasts.ts';
import {
  type ForecastDependencies,
  forecastKey,
  type PackageForecast,
  packageForecast,
} from './package-forecast.ts';

export interface BatchForecast {
  readonly forecast: PackageForecast;
  /** False when it came from the store or the cache. */
  readonly isComputed: boolean;
}

/** Forecasts of many past candles, computed in batches (forecast-and-policy.md#16). */
export interface BatchForecasts {
  /**
   * The forecasts of `windows`, in their order. The first batch of a package is small, and says how large others are.
   * @param stored quantiles [horizon, 3] computed before, by close time of the candle (ms)
   * @param pause called after each window, so that other work can run; what it throws ends the computation
   * @throws MODEL_LOAD_FAILED, INFERENCE_UNAVAILABLE, SHUTTING_DOWN
   */
  forWindows(
    model: ModelPackage,
    windows: readonly MarketWindow[],
    stored: ReadonlyMap<number, Float32Array>,
    pause: () => Promise<void>,
  ): Promise<BatchForecast[]>;
}

export interface BatchForecastDependencies extends ForecastDependencies {
  readonly live: Pick<Forecasts, 'cached'>;
}

/** Eight windows take 0.6 of the time that each would take alone; more take no less (`npm run bench -- --only replay`). */
const MAX_BATCH = 8;
/**
 * A product with one row is summed in another order than one with several, by 1e-7 of the result. Two rows at least
 * make a forecast independent of its batch.
 */
const MIN_BATCH = 2;
/** Others wait for a batch: warm-ups, proofs and other replays. */
const BATCH_MS = 2000;
/**
 * Windows whose forecasts were computed, 1 kB each: 100 days of 15m. Replays of one package with other rules share them, which
 * saves half of what a replay costs once its forecasts are stored.
 */
const MAX_DECIDED = 10_000;
/** Packages whose time is remembered. */
const MAX_PACKAGES = 100;

interface PreparedWindow {
  readonly market: MarketWindow;
  readonly window: DecisionWindow;
  readonly featuresMs: number;
}

export function createBatchForecasts(dependencies: BatchForecastDependencies): BatchForecasts {
  const { live, engine, scalers, stopwatch } = dependencies;
  /** What a window of a package took in its last batch, in ms, by version. */
  const windowMs = new LRUCache<string, number>({ max: MAX_PACKAGES });
  const decided = new LRUCache<string, DecidedWindow>({ max: MAX_DECIDED });

  function batchSize({ version }: ModelPackage): number {
    const ms = windowMs.get(version);
    return ms === undefined ? MIN_BATCH : Math.min(MAX_BATCH, Math.max(MIN_BATCH, Math.floor(BATCH_MS / ms)));
  }

  function remember(model: ModelPackage, market: MarketWindow, window: DecisionWindow): DecidedWindow {
    const made = decidedWindow(window);
    decided.set(forecastKey(model, market), made);
    return made;
  }

  async function compute(
    model: ModelPackage,
    prepared: readonly PreparedWindow[],
  ): Promise<PackageForecast[]> {
    const size = prepared[0]?.window.scaled.length ?? 0;
    const batch = Math.max(MIN_BATCH, prepared.length);
    const inputs = new Float32Array(batch * size);
    prepared.forEach(({ window }, index) => {
      inputs.set(window.scaled, index * size);
    });
    const start = stopwatch();
    const quantiles = await engine.forecast(model, inputs, batch);
    const forecast = (stopwatch() - start) / prepared.length;
    windowMs.set(model.version, (stopwatch() - start) / batch);
    const forecastSize = model.pipeline.horizonSteps * QUANTILE_COUNT;
    return prepared.map(({ market, window, featuresMs }, index) => {
      const own = quantiles.slice(index * forecastSize, (index + 1) * forecastSize);
      return packageForecast(model, market, remember(model, market, window), own, {
        features: featuresMs,
        forecast,
      });
    });
  }

  return {
    async forWindows(model, windows, stored, pause) {
      const scaler = await scalers.of(model);
      const found = new Map<number, BatchForecast>();
      let batch: PreparedWindow[] = [];
      // One batch is computed while the features of the next are: they are computed in different processes.
      let computing = Promise.resolve();
      const startBatch = () => {
        const started = compute(model, batch);
        batch = [];
        computing = started.then((forecasts) => {
          for (const forecast of forecasts) found.set(forecast.asOf, { forecast, isComputed: true });
        });
        // The caller that awaits it gets the error; meanwhile `pause` may throw.
        computing.catch(() => {});
      };
      for (const market of windows) {
        const start = stopwatch();
        const cached = await live.cached(model, market);
        const quantiles = stored.get(market.closeTime) ?? cached?.quantiles;
        const computeWindow = () => decisionWindow(model.pipeline, market.candles, market.funding, scaler);
        if (quantiles !== undefined) {
          const window =
            cached?.window ??
            decided.get(forecastKey(model, market)) ??
            remember(model, market, computeWindow());
          const timings = { features: stopwatch() - start, forecast: 0 };
          const forecast = packageForecast(model, market, window, quantiles, timings);
          found.set(market.closeTime, { forecast, isComputed: false });
        } else {
          batch.push({ market, window: computeWindow(), featuresMs: stopwatch() - start });
          if (batch.length >= batchSize(model)) await computing;
          // The batch before may have said how large this one is.
          if (batch.length >= batchSize(model)) startBatch();
        }
        await pause();
      }
      await computing;
      if (batch.length > 0) startBatch();
      await computing;
      return windows.map(({ closeTime }) => found.get(closeTime) as BatchForecast);
    },
  };
}
