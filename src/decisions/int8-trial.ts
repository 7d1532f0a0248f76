import { QUANTILE_COUNT } from '../dimensions.ts';
import { PaperdeskError } from '../errors.ts';
import type { WeightForm } from '../formats/model-files.ts';
import type { MarketHistory } from '../market/sync/market-history.ts';
import type { ModelPackage } from '../packages/model-package.ts';
import { FILE_FAULTS } from '../packages/stored-file.ts';
import type { Int8Trial } from '../packages/weight-choice.ts';
import { decisionWindow } from '../pipeline/decision-window.ts';
import type { PackageEngine } from './package-engine.ts';
import type { Scalers } from './scalers.ts';

export interface Int8TrialDependencies {
  readonly history: Pick<MarketHistory, 'window'>;
  readonly engine: Pick<PackageEngine, 'forecast'>;
  readonly scalers: Scalers;
  /** Monotonic clock in ms. */
  readonly stopwatch: () => number;
}

/** Windows of a trial, and how many candles apart they end. */
const WINDOWS = 8;
const CANDLES_APART = 20;
/** Mean error up to which 8-bit weights are used, as a share of the width of the band. */
const MAX_ERROR = 0.02;
/** Up to twice the float32 time counts as noise; without fast 8-bit products it is ten times as long. */
const MAX_SLOWDOWN = 2;

/**
 * Computes the newest windows of a package's market with float32 and with 8-bit weights, and compares errors and times
 * (forecast-and-policy.md#14).
 * @throws what reading the market and computing with float32 weights throw
 */
export async function runInt8Trial(
  { history, engine, scalers, stopwatch }: Int8TrialDependencies,
  model: ModelPackage,
): Promise<Int8Trial> {
  const { candles, funding } = await history.window(model.manifest.symbol, model.pipeline);
  const scaler = await scalers.of(model);
  const windows: Float32Array[] = [];
  // Every window needs its warm-up, also where the history has few candles to spare.
  const spare = candles.length - model.pipeline.forecastCandles;
  const apart = Math.min(CANDLES_APART, Math.floor(spare / (WINDOWS - 1)));

  /** Computed on first use: all windows at once would block the event loop for too long. */
  function windowAt(index: number): Float32Array {
    const end = candles.length - index * apart;
    windows[index] ??= decisionWindow(model.pipeline, candles.slice(0, end), funding, scaler).scaled;
    return windows[index];
  }

  async function compute(form: WeightForm): Promise<{ forecasts: Float32Array[]; fastestMs: number }> {
    const forecasts: Float32Array[] = [];
    let fastestMs = Number.POSITIVE_INFINITY;
    // The first call loads the model and is not timed.
    await engine.forecast(model, windowAt(0), 1, form);
    for (let index = 0; index < WINDOWS; index++) {
      const window = windowAt(index);
      const start = stopwatch();
      forecasts.push(await engine.forecast(model, window, 1, form));
      fastestMs = Math.min(fastestMs, stopwatch() - start);
    }
    return { forecasts, fastestMs };
  }

  const float32 = await compute('float32');
  let int8: Awaited<ReturnType<typeof compute>>;
  try {
    int8 = await compute('int8');
  } catch (error) {
    // Whatever fails with 8-bit weights, even a process that dies, leaves float32 in use.
    if (!(error instanceof PaperdeskError) || UNRELATED.has(error.code)) throw error;
    return { ...NOT_MEASURED, reason: error.message, float32Ms: float32.fastestMs };
  }
  const errors = float32.forecasts.map((forecast, index) => forecastError(forecast, int8.forecasts[index]!));
  const error = Math.max(...errors.map(({ mean }) => mean));
  const reason = reasonAgainst(error, float32.fastestMs, int8.fastestMs);
  return {
    used: reason === null,
    reason,
    error: finiteOrNull(error),
    largestError: finiteOrNull(Math.max(...errors.map(({ largest }) => largest))),
    windows: WINDOWS,
    float32Ms: float32.fastestMs,
    int8Ms: int8.fastestMs,
  };
}

/** Errors that say nothing about 8-bit weights. */
const UNRELATED: ReadonlySet<string> = new Set(['SHUTTING_DOWN', ...FILE_FAULTS]);

const NOT_MEASURED = { used: false, error: null, largestError: null, windows: 0, int8Ms: null } as const;

/** Why 8-bit weights are not used, as a sentence; null when they are. */
function reasonAgainst(error: number, float32Ms: number, int8Ms: number): string | null {
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
  if (!(error <= MAX_ERROR)) {
    return (
      `With 8-bit weights the forecast is off by ${percent(error)} of its band's width; ` +
      `up to ${percent(MAX_ERROR)} is accepted.`
    );
  }
  if (int8Ms > float32Ms * MAX_SLOWDOWN) {
    return (
      `With 8-bit weights a forecast takes ${int8Ms.toFixed(0)} ms instead of ${float32Ms.toFixed(0)} ms: ` +
      'this processor has no fast product of 8-bit numbers.'
    );
  }
  return null;
}

/** Differences of one window's quantiles, [horizon, 3], as shares of the mean width of the float32 band. */
function forecastError(float32: Float32Array, int8: Float32Array): { mean: number; largest: number } {
  let width = 0;
  for (let low = 0; low < float32.length; low += QUANTILE_COUNT) {
    width += Math.abs(float32[low + QUANTILE_COUNT - 1]! - float32[low]!);
  }
  width /= float32.length / QUANTILE_COUNT;
  const differences = float32.map((value, index) => Math.abs(value - int8[index]!));
  const sum = differences.reduce((total, difference) => total + difference, 0);
  return { mean: sum / float32.length / width, largest: Math.max(...differences) / width };
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
