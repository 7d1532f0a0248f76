import { PaperdeskError } from '../errors.ts';
import { QUANTILE_COUNT } from '../formats/dimensions.ts';
import type { MarketHistory } from '../market/sync/market-history.ts';
import type { InferenceEngine, WeightForm } from '../models/engine.ts';
import type { ModelPackage } from '../packages/model-package.ts';
import type { Int8Trial } from '../packages/weight-choice.ts';
import { decisionWindow } from '../pipeline/decision-window.ts';
import { engineFiles } from './engine-files.ts';
import type { Scalers } from './scalers.ts';

export interface Int8TrialDependencies {
  readonly history: Pick<MarketHistory, 'window'>;
  readonly engine: Pick<InferenceEngine, 'forecast'>;
  readonly scalers: Scalers;
  /** A steady clock in ms. */
  readonly stopwatch: () => number;
}

/** Windows that both forms are computed on, this many candles apart: of the last one and a half days. */
const WINDOWS = 8;
const CANDLES_APART = 20;
/** The mean error, as a share of the band's width, up to which the compact form is used. */
const LARGEST_ERROR = 0.02;
/** Up to this many times the float32 time is taken for noise; without fast 8-bit products it is ten times. */
const SLOWEST = 2;

/**
 * Computes the newest windows of a package's market with its float32 and its 8-bit weights, and says whether the
 * latter will do.
 * @throws what reading the market and computing with float32 weights throw
 */
export async function tryInt8Weights(
  { history, engine, scalers, stopwatch }: Int8TrialDependencies,
  model: ModelPackage,
): Promise<Int8Trial> {
  const { candles, funding } = await history.window(model.manifest.symbol);
  const scaler = await scalers.of(model);
  const windows: Float32Array[] = [];

  /** Made when it is first needed: all of them at once would hold up the event loop. */
  function windowAt(index: number): Float32Array {
    const until = candles.length - index * CANDLES_APART;
    windows[index] ??= decisionWindow(candles.slice(0, until), funding, scaler).scaled;
    return windows[index];
  }

  async function compute(form: WeightForm): Promise<{ forecasts: Float32Array[]; ms: number }> {
    const files = engineFiles(model, form);
    const forecasts: Float32Array[] = [];
    let ms = Number.POSITIVE_INFINITY;
    // Loads the model, which counts for nothing.
    await engine.forecast(files, windowAt(0), 1);
    for (let index = 0; index < WINDOWS; index++) {
      const window = windowAt(index);
      const start = stopwatch();
      forecasts.push(await engine.forecast(files, window, 1));
      ms = Math.min(ms, stopwatch() - start);
    }
    return { forecasts, ms };
  }

  const trained = await compute('float32');
  let compact: Awaited<ReturnType<typeof compute>>;
  try {
    compact = await compute('int8');
  } catch (error) {
    // Also a process that died of it: then the other form goes on.
    if (!(error instanceof PaperdeskError) || error.code === 'SHUTTING_DOWN') throw error;
    return { ...NOTHING_MEASURED, reason: error.message, float32Ms: trained.ms };
  }
  const errors = trained.forecasts.map((forecast, index) => compare(forecast, compact.forecasts[index]!));
  const error = Math.max(...errors.map(({ mean }) => mean));
  const reason = objection(error, trained.ms, compact.ms);
  return {
    used: reason === null,
    reason,
    error: finiteOrNull(error),
    largestError: finiteOrNull(Math.max(...errors.map(({ largest }) => largest))),
    windows: WINDOWS,
    float32Ms: trained.ms,
    int8Ms: compact.ms,
  };
}

const NOTHING_MEASURED = {
  used: false,
  error: null,
  largestError: null,
  windows: 0,
  int8Ms: null,
} as const;

function objection(error: number, float32Ms: number, int8Ms: number): string | null {
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
  if (!(error <= LARGEST_ERROR)) {
    return (
      `With 8-bit weights the forecast is off by ${percent(error)} of its band's width; ` +
      `up to ${percent(LARGEST_ERROR)} is accepted.`
    );
  }
  if (int8Ms > float32Ms * SLOWEST) {
    return (
      `With 8-bit weights a forecast takes ${int8Ms.toFixed(0)} ms instead of ${float32Ms.toFixed(0)} ms: ` +
      'this processor has no fast product of 8-bit numbers.'
    );
  }
  return null;
}

/** Differences of one window's quantiles, [192, 3], as shares of the mean width of its band. */
function compare(trained: Float32Array, compact: Float32Array): { mean: number; largest: number } {
  let width = 0;
  for (let low = 0; low < trained.length; low += QUANTILE_COUNT) {
    width += Math.abs(trained[low + QUANTILE_COUNT - 1]! - trained[low]!);
  }
  width /= trained.length / QUANTILE_COUNT;
  const differences = trained.map((value, index) => Math.abs(value - compact[index]!));
  const sum = differences.reduce((total, difference) => total + difference, 0);
  return { mean: sum / trained.length / width, largest: Math.max(...differences) / width };
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
