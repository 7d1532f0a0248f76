import { quantileSteps } from '../pipeline/forecast-features.ts';
import { quantilesAt } from '../pipeline/forecast-trend.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { SortedWindow } from './sorted-window.ts';

/** Returns in the baseline of a forecast (paper.md#58). */
export const BASELINE_RETURNS = 2880;

/** Sorting the whole window is faster than adding more returns than this one by one. */
const MAX_RETURNS_ADDED = 100;
/** Measuring so many forecasts takes some milliseconds. */
const FORECASTS_BETWEEN_PAUSES = 200;

type Levels = readonly [number, number, number];

export interface IndexedForecast {
  /** Index of the candle that the forecast was made on. */
  readonly index: number;
  /** Row-major [horizon, 3], as the model computed them. */
  readonly quantiles: ArrayLike<number>;
}

export interface HorizonQualityInput {
  /** Closes of consecutive decision candles. */
  readonly closes: Float64Array;
  /** In order of time; iterated once. */
  readonly forecasts: Iterable<IndexedForecast> | AsyncIterable<IndexedForecast>;
  readonly pipeline: Pick<Pipeline, 'horizonSteps' | 'quantileLevels' | 'forecastFeatures'>;
  /** In steps; by default those that the policy sees. */
  readonly horizons?: readonly number[];
}

/** The quality of forecasts at one horizon (paper.md#57). */
export interface HorizonQuality {
  /** In steps of one decision candle. */
  readonly horizon: number;
  /** Number of forecasts with a known outcome. */
  readonly forecasts: number;
  /** Share of outcomes inside the low-high band. */
  readonly coverage: number | null;
  /** The coverage of a well calibrated forecast. */
  readonly nominal: number;
  /** Number of forecasts with a complete baseline. */
  readonly compared: number;
  /** Mean pinball loss over the three quantiles: of the model, and of the baseline. */
  readonly pinball: number | null;
  readonly historicalPinball: number | null;
  /** 1 - pinball / historicalPinball; above 0 is better than the baseline. */
  readonly skill: number | null;
}

/**
 * Measures coverage and skill by horizon. Crossed quantiles are sorted for the coverage, but not for the loss.
 * @param pause yields to the event loop
 */
export async function measureHorizons(
  { closes, forecasts, pipeline, horizons: wanted }: HorizonQualityInput,
  pause: () => Promise<void>,
): Promise<HorizonQuality[]> {
  const { quantileLevels, forecastFeatures, horizonSteps } = pipeline;
  const horizons = wanted ?? new Set(quantileSteps(forecastFeatures, horizonSteps));
  const logs = closes.map(Math.log);
  const scores = [...horizons].map((horizon) =>
    createScore(horizon, quantileLevels, logs, createBaseline(logs, horizon)),
  );
  let count = 0;
  for await (const forecast of forecasts) {
    for (const { add } of scores) add(forecast);
    count += 1;
    if (count % FORECASTS_BETWEEN_PAUSES === 0) await pause();
  }
  return scores.map(({ result }) => result());
}

/** The running score of one horizon. */
function createScore(
  horizon: number,
  levels: Levels,
  logs: Float64Array,
  baseline: ReturnType<typeof createBaseline>,
) {
  let [forecasts, inside, compared, loss, baselineLoss] = [0, 0, 0, 0, 0];
  const mean = (sum: number, count: number) => (count === 0 ? null : sum / count);
  return {
    add({ index, quantiles }: IndexedForecast): void {
      if (index + horizon >= logs.length) return;
      const outcome = logs[index + horizon]! - logs[index]!;
      const { low, mid, high } = quantilesAt(quantiles, horizon);
      forecasts += 1;
      inside += Number(Math.min(low, mid, high) <= outcome && outcome <= Math.max(low, mid, high));
      const historical = baseline(index, levels);
      if (historical === undefined) return;
      compared += 1;
      loss += meanPinball([low, mid, high], levels, outcome);
      baselineLoss += meanPinball(historical, levels, outcome);
    },
    result: (): HorizonQuality => ({
      horizon,
      forecasts,
      coverage: mean(inside, forecasts),
      nominal: Math.max(...levels) - Math.min(...levels),
      compared,
      pinball: mean(loss, compared),
      historicalPinball: mean(baselineLoss, compared),
      skill: baselineLoss > 0 ? 1 - loss / baselineLoss : null,
    }),
  };
}

/**
 * The quantiles of the returns over `horizon` steps that ended at the 2,880 candles up to an index; undefined if there
 * are fewer. Indices must not decrease.
 */
function createBaseline(logs: Float64Array, horizon: number) {
  const window = new SortedWindow(BASELINE_RETURNS);
  const returnAt = (index: number) => logs[index]! - logs[index - horizon]!;
  // The window holds the returns that ended at first..next-1.
  let first = horizon;
  let next = horizon;
  return (index: number, levels: Levels): readonly number[] | undefined => {
    const start = index - BASELINE_RETURNS + 1;
    if (start < horizon) return undefined;
    if (index - next >= MAX_RETURNS_ADDED) {
      window.refill(Float64Array.from({ length: BASELINE_RETURNS }, (_, i) => returnAt(start + i)));
      [first, next] = [start, index + 1];
    }
    while (first < start) window.remove(returnAt(first++));
    while (next <= index) window.add(returnAt(next++));
    return levels.map((level) => window.quantile(level));
  };
}

/** Mean over the quantiles of (y - q) level if the outcome y is above q, else (q - y)(1 - level). */
function meanPinball(quantiles: readonly number[], levels: readonly number[], outcome: number): number {
  const losses = quantiles.map((quantile, index) => {
    const above = outcome - quantile;
    return above >= 0 ? above * levels[index]! : above * (levels[index]! - 1);
  });
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}
