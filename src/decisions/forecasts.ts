import type { MarketHistory, MarketWindow } from '../market/sync/market-history.ts';
import type { InferenceEngine } from '../models/engine.ts';
import type { ModelPackage } from '../packages/model-package.ts';
import { type DecisionWindow, decisionWindow } from '../pipeline/decision-window.ts';
import { forecastFeatures } from '../pipeline/forecast-features.ts';
import { modelFilesOf } from './model-files-of.ts';
import type { Scalers } from './scalers.ts';

/** What a package makes of the market at one closed candle, before any account comes into it. */
export interface PackageForecast {
  readonly market: MarketWindow;
  /** Close time of the candle, ms since the epoch. */
  readonly asOf: number;
  readonly window: DecisionWindow;
  /** Row-major [192, 3]: low, mid, high of ln(close[t+h]/close[t]). */
  readonly quantiles: Float32Array;
  readonly forecastFeatures: Float64Array;
  /** Whether every number that a decision would use is finite. */
  readonly finite: boolean;
  readonly timingsMs: { readonly features: number; readonly forecast: number };
}

/** Forecasts, computed once per package version, symbol and closed candle, whoever asks and however many at once. */
export interface Forecasts {
  newest(model: ModelPackage, symbol: string): Promise<PackageForecast>;
  /** The forecast of this very window, if somebody asked for it lately. */
  known(model: ModelPackage, market: MarketWindow): Promise<PackageForecast> | undefined;
  /** Listeners are told how long each forecast took to compute, in ms. */
  onComputed(listener: (milliseconds: number) => void): void;
}

export interface ForecastParts {
  readonly history: Pick<MarketHistory, 'window'>;
  readonly engine: Pick<InferenceEngine, 'forecast'>;
  readonly scalers: Scalers;
  /** A steady clock in ms, for timings only. */
  readonly stopwatch: () => number;
}

/** Forecasts are small; these are a day's worth for two packages. */
const KEPT_FORECASTS = 200;

export function createForecasts(parts: ForecastParts): Forecasts {
  const kept = new Map<string, Promise<PackageForecast>>();
  const listeners: ((milliseconds: number) => void)[] = [];
  const keyOf = (model: ModelPackage, market: MarketWindow) =>
    `${model.id} ${model.version} ${market.symbol} ${market.revision}`;

  return {
    known: (model, market) => kept.get(keyOf(model, market)),

    async newest(model, symbol) {
      const market = await parts.history.window(symbol);
      const key = keyOf(model, market);
      const known = kept.get(key);
      if (known !== undefined) return { ...(await known), market };
      const forecast = compute(parts, model, market).then((computed) => {
        for (const listener of listeners) listener(computed.timingsMs.forecast);
        return computed;
      });
      kept.set(key, forecast);
      if (kept.size > KEPT_FORECASTS) kept.delete(kept.keys().next().value!);
      forecast.catch(() => kept.delete(key));
      return forecast;
    },

    onComputed(listener) {
      listeners.push(listener);
    },
  };
}

async function compute(
  { engine, scalers, stopwatch }: ForecastParts,
  model: ModelPackage,
  market: MarketWindow,
): Promise<PackageForecast> {
  const scaler = await scalers.of(model);
  const start = stopwatch();
  const window = decisionWindow(market.candles, market.funding, scaler);
  const ready = stopwatch();
  const quantiles = await engine.forecast(modelFilesOf(model), window.scaled, 1);
  const done = stopwatch();
  return {
    market,
    asOf: market.closeTime,
    window,
    quantiles,
    forecastFeatures: forecastFeatures(quantiles),
    finite: window.validity === 1 && quantiles.every(Number.isFinite),
    timingsMs: { features: ready - start, forecast: done - ready },
  };
}
