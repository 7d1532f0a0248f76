import type { MarketWindow } from '../market/sync/market-history.ts';
import type { InferenceEngine } from '../models/engine.ts';
import type { ModelPackage } from '../packages/model-package.ts';
import { type DecisionWindow, decisionWindow } from '../pipeline/decision-window.ts';
import { FORECAST_SIZE, forecastFeatures } from '../pipeline/forecast-features.ts';
import type { Forecasts, PackageForecast } from './forecasts.ts';
import { modelFilesOf } from './model-files-of.ts';
import type { Scalers } from './scalers.ts';

export interface PastForecast {
  readonly forecast: PackageForecast;
  /** Whether it was computed now, and not known from before. */
  readonly computed: boolean;
}

/** Forecasts of many candles of the past. */
export interface PastForecasts {
  /**
   * The forecasts of `windows`, in their order. Those that are known are taken as they are: from `stored`, by close
   * time, or from what live decisions keep in memory. The others are computed several at a time; live decisions come
   * first, after at most one such batch.
   * @param pause waited for after every few milliseconds of work; what it throws ends everything
   * @throws MODEL_LOAD_FAILED, INFERENCE_UNAVAILABLE, SHUTTING_DOWN
   */
  of(
    model: ModelPackage,
    windows: readonly MarketWindow[],
    stored: ReadonlyMap<number, Float32Array>,
    pause: () => Promise<void>,
  ): Promise<PastForecast[]>;
}

export interface PastForecastParts {
  readonly live: Pick<Forecasts, 'known'>;
  readonly engine: Pick<InferenceEngine, 'forecast'>;
  readonly scalers: Scalers;
  /** A steady clock in ms, for timings only. */
  readonly stopwatch: () => number;
}

/**
 * Eight windows take 0.6 of the time that each would take alone; more take no less, and live decisions would wait for
 * longer (`npm run bench -- --only replay`).
 */
const MOST_AT_ONCE = 8;
/**
 * A product with one row is summed in another order than one with several, by 1e-7 of the result. So a window is never
 * computed alone here, and a forecast does not depend on what it was computed with.
 */
const FEWEST_AT_ONCE = 2;

interface Wanted {
  readonly market: MarketWindow;
  readonly window: DecisionWindow;
  readonly featuresMs: number;
}

export function createPastForecasts({ live, engine, scalers, stopwatch }: PastForecastParts): PastForecasts {
  async function compute(model: ModelPackage, wanted: readonly Wanted[]): Promise<PackageForecast[]> {
    const size = wanted[0]?.window.scaled.length ?? 0;
    const batch = Math.max(FEWEST_AT_ONCE, wanted.length);
    const windows = new Float32Array(batch * size);
    wanted.forEach(({ window }, index) => {
      windows.set(window.scaled, index * size);
    });
    const start = stopwatch();
    const quantiles = await engine.forecast(modelFilesOf(model), windows, batch);
    const forecastMs = (stopwatch() - start) / wanted.length;
    return wanted.map((one, index) =>
      assembled(one, quantiles.slice(index * FORECAST_SIZE, (index + 1) * FORECAST_SIZE), forecastMs),
    );
  }

  return {
    async of(model, windows, stored, pause) {
      const scaler = await scalers.of(model);
      const found = new Map<number, PastForecast>();
      let wanted: Wanted[] = [];
      const flush = async () => {
        if (wanted.length === 0) return;
        const forecasts = await compute(model, wanted);
        for (const forecast of forecasts) found.set(forecast.asOf, { forecast, computed: true });
        wanted = [];
      };
      for (const market of windows) {
        const start = stopwatch();
        const inMemory = await live.known(model, market);
        const window = inMemory?.window ?? decisionWindow(market.candles, market.funding, scaler);
        const one = { market, window, featuresMs: stopwatch() - start };
        const quantiles = stored.get(market.closeTime) ?? inMemory?.quantiles;
        if (quantiles === undefined) wanted.push(one);
        else found.set(market.closeTime, { forecast: assembled(one, quantiles, 0), computed: false });
        if (wanted.length === MOST_AT_ONCE) await flush();
        await pause();
      }
      await flush();
      return windows.map(({ closeTime }) => found.get(closeTime) as PastForecast);
    },
  };
}

function assembled(
  { market, window, featuresMs }: Wanted,
  quantiles: Float32Array,
  forecastMs: number,
): PackageForecast {
  return {
    market,
    asOf: market.closeTime,
    window,
    quantiles,
    forecastFeatures: forecastFeatures(quantiles),
    finite: window.validity === 1 && quantiles.every(Number.isFinite),
    timingsMs: { features: featuresMs, forecast: forecastMs },
  };
}
