import type { LoadedModel } from './loaded-model.ts';
import { MAX_MEASURED, type MeasuredForecast, type TimedForecast } from './worker-protocol.ts';

/** A forecast that is so many times over the limit is not repeated. */
const HOPELESS = 3;

/**
 * Computes a forecast and its time: elapsed or of the processor, whichever is shorter. Elapsed time is longer on a busy
 * machine, and with several threads the time of the processor is.
 */
export async function timedForecast(
  model: Pick<LoadedModel, 'forecast'>,
  windows: Float32Array,
  batch: number,
): Promise<TimedForecast> {
  const start = performance.now();
  const usage = process.cpuUsage();
  const quantiles = await model.forecast(windows, batch);
  const { user, system } = process.cpuUsage(usage);
  return { quantiles, windowMs: Math.min(performance.now() - start, (user + system) / 1000) / batch };
}

/** Computes forecasts of an empty window until one is within the limit (packages.md#60). */
export async function measureForecast(
  model: Pick<LoadedModel, 'forecast' | 'summary'>,
  limitMs: number,
): Promise<MeasuredForecast> {
  const { lookback, features } = model.summary.architecture;
  const window = new Float32Array(lookback * features);
  let bestMs = Number.POSITIVE_INFINITY;
  let forecasts = 0;
  do {
    bestMs = Math.min(bestMs, (await timedForecast(model, window, 1)).windowMs);
    forecasts += 1;
  } while (bestMs > limitMs && bestMs <= limitMs * HOPELESS && forecasts < MAX_MEASURED);
  return { bestMs, forecasts };
}
