import { HORIZON_BLOCK_STEPS } from '../pipeline/forecast-features.ts';
import { quantilesAt } from '../pipeline/forecast-trend.ts';
import { SortedWindow } from './sorted-window.ts';

/** Candles whose h-step returns a forecast is held against (paper.md#58). */
export const HISTORY_CANDLES = 2880;

/** To sort the history anew costs less than to add so many candles one by one. */
const CANDLES_TO_REFILL = 100;
/** After so many forecasts, some milliseconds, others get their turn. */
const FORECASTS_BETWEEN_PAUSES = 200;

/** A stored forecast. */
export interface StoredForecast {
  /** Position in the closes of the candle it was made on. */
  readonly index: number;
  /** Row-major [192, 3], as the model gave them. */
  readonly quantiles: ArrayLike<number>;
}

export interface ForecastQualityInput {
  /** Of consecutive 15-minute candles. */
  readonly closes: Float64Array;
  /** In order of time; they are passed through once. */
  readonly forecasts: Iterable<StoredForecast> | AsyncIterable<StoredForecast>;
  /** Levels of the three quantiles, for example 0.1, 0.5, 0.9. */
  readonly levels: readonly [number, number, number];
  readonly horizons?: readonly number[];
}

/** How good the forecasts of one horizon were whose outcome is known. */
export interface HorizonQuality {
  /** Steps of 15 minutes. */
  readonly horizon: number;
  /** Forecasts whose outcome is known. */
  readonly forecasts: number;
  /** Share of outcomes inside the low-high band, and what it should be. */
  readonly coverage: number | null;
  readonly nominal: number;
  /** Forecasts that also have 2,880 candles of history before them. */
  readonly compared: number;
  /** Mean pinball loss over the three quantiles, of the model and of the historical quantiles. */
  readonly pinball: number | null;
  readonly historicalPinball: number | null;
  /** 1 - pinball / historical pinball: above 0 is better than history. */
  readonly skill: number | null;
}

/**
 * Coverage and pinball skill by horizon. For coverage the quantiles are sorted; for the loss they are as they are.
 * @param pause waited for now and then
 */
export async function forecastQuality(
  { closes, forecasts, levels, horizons = HORIZON_BLOCK_STEPS }: ForecastQualityInput,
  pause: () => Promise<void>,
): Promise<HorizonQuality[]> {
  const logs = closes.map(Math.log);
  const scores = horizons.map((horizon) => createScore(horizon, logs, levels));
  let count = 0;
  for await (const forecast of forecasts) {
    for (const { add } of scores) add(forecast);
    count += 1;
    if (count % FORECASTS_BETWEEN_PAUSES === 0) await pause();
  }
  return scores.map(({ result }) => result());
}

/** What the forecasts of one horizon come to, one after the other. */
function createScore(horizon: number, logs: Float64Array, levels: ForecastQualityInput['levels']) {
  const history = createHistory(logs, horizon);
  let [known, inside, compared, loss, historicalLoss] = [0, 0, 0, 0, 0];
  const mean = (sum: number, of: number) => (of === 0 ? null : sum / of);
  return {
    add({ index, quantiles }: StoredForecast): void {
      if (index + horizon >= logs.length) return;
      const outcome = logs[index + horizon]! - logs[index]!;
      const { low, mid, high } = quantilesAt(quantiles, horizon);
      known += 1;
      inside += Number(Math.min(low, mid, high) <= outcome && outcome <= Math.max(low, mid, high));
      const past = history(index, levels);
      if (past === undefined) return;
      compared += 1;
      loss += meanPinball([low, mid, high], levels, outcome);
      historicalLoss += meanPinball(past, levels, outcome);
    },
    result: (): HorizonQuality => ({
      horizon,
      forecasts: known,
      coverage: mean(inside, known),
      nominal: Math.max(...levels) - Math.min(...levels),
      compared,
      pinball: mean(loss, compared),
      historicalPinball: mean(historicalLoss, compared),
      skill: historicalLoss > 0 ? 1 - loss / historicalLoss : null,
    }),
  };
}

/**
 * Quantiles of the h-step returns that ended at the 2,880 candles up to an index, for indices in order; undefined
 * where there are not so many.
 */
function createHistory(logs: Float64Array, horizon: number) {
  const window = new SortedWindow(HISTORY_CANDLES);
  const returnTo = (index: number) => logs[index]! - logs[index - horizon]!;
  // The window holds the returns that ended at first..next-1.
  let first = horizon;
  let next = horizon;
  return (index: number, levels: ForecastQualityInput['levels']): readonly number[] | undefined => {
    const wanted = index - HISTORY_CANDLES + 1;
    if (wanted < horizon) return undefined;
    if (index - next >= CANDLES_TO_REFILL) {
      window.refill(Float64Array.from({ length: HISTORY_CANDLES }, (_, i) => returnTo(wanted + i)));
      [first, next] = [wanted, index + 1];
    }
    while (first < wanted) window.remove(returnTo(first++));
    while (next <= index) window.add(returnTo(next++));
    return levels.map((level) => window.quantile(level));
  };
}

/** Mean over the quantiles of (y - q) level where the outcome is above, (q - y)(1 - level) where it is below. */
function meanPinball(quantiles: readonly number[], levels: readonly number[], outcome: number): number {
  const losses = quantiles.map((quantile, index) => {
    const above = outcome - quantile;
    return above >= 0 ? above * levels[index]! : above * (levels[index]! - 1);
  });
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}
