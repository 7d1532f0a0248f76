import { DAY_MS } from '../candle.ts';
import type { StoredCandle } from '../market/store/candle-repository.ts';
import type { MarketRepository } from '../market/store/market-repository.ts';
import { fundingNeededTo } from '../market/store/stored-window.ts';
import { FUNDING_LEAD_MS } from '../market/store/window-validity.ts';
import { FeatureRows } from '../pipeline/features/feature-rows.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { settlingRows } from '../pipeline/pipeline-memory.ts';
import { midnightBefore } from './utc-days.ts';

/** The features of the candles that opened on a UTC day. */
export interface DailyFeatures {
  /** Midnight at which the day began, ms. */
  readonly day: number;
  /** The values of each feature of the pipeline, in its order. */
  readonly values: readonly Float64Array[];
}

export interface DailyFeaturesInput {
  readonly market: Pick<MarketRepository, 'candles' | 'funding'>;
  readonly symbol: string;
  readonly pipeline: Pick<
    Pipeline,
    'decisionTimeframe' | 'decisionMs' | 'features' | 'warmUpRows' | 'lookbackSteps' | 'historyCandles'
  >;
  /** The first day and the midnight after the last one, ms. */
  readonly from: number;
  readonly to: number;
  /** Called after each slice, so that other work can run; what it throws ends the computation. */
  readonly pause: () => Promise<void>;
}

const CANDLES_PER_SLICE = 500;

/**
 * The features of whole days from stored candles, in order (statistics.md#87). Left out are days with missing candles or
 * funding rates, those with fewer candles before them than the features need, and those on which a feature is not finite.
 */
export async function* dailyFeatures(input: DailyFeaturesInput): AsyncGenerator<DailyFeatures> {
  const { market, symbol, pipeline, from, pause } = input;
  const { decisionTimeframe, decisionMs, features, warmUpRows } = pipeline;
  const perDay = DAY_MS / decisionMs;
  const candlesBefore = settlingRows(pipeline);
  const known = await market.funding.coverage(symbol);
  if (known === undefined) return;
  const start = Math.max(
    from - Math.ceil(candlesBefore / perDay) * DAY_MS,
    midnightBefore(known.from + FUNDING_LEAD_MS + DAY_MS - 1),
  );
  const to = known.to >= fundingNeededTo(input.to - decisionMs) ? input.to : midnightBefore(known.to);
  const funding = await market.funding.range(symbol, start - FUNDING_LEAD_MS, to);
  const sliceMs = Math.max(1, Math.floor(CANDLES_PER_SLICE / perDay)) * DAY_MS;
  let rows: FeatureRows | undefined;
  let [consecutive, next] = [0, 0];

  for (let slice = start; slice < to; slice += sliceMs) {
    const end = Math.min(slice + sliceMs, to);
    const stored = await market.candles.range(symbol, decisionTimeframe, slice, end - 1);
    for (const candles of byDay(stored)) {
      const last = afterLastHole(candles, decisionMs);
      if (rows === undefined || last[0]!.openTime !== next) {
        rows = new FeatureRows(features, funding, 2 * warmUpRows + perDay + 1);
        consecutive = 0;
      }
      rows.append(last);
      consecutive += last.length;
      next = last.at(-1)!.openTime + decisionMs;
      const day = midnightBefore(last[0]!.openTime);
      if (day < from || last.length < perDay || consecutive < perDay + candlesBefore) continue;
      const values = columnsOf(rows.rows(rows.length - perDay), features.length);
      if (values.every((column) => column.every(Number.isFinite))) yield { day, values };
    }
    await pause();
  }
}

/** Candles in order of time, by the UTC day on which they opened. */
function byDay(candles: readonly StoredCandle[]): StoredCandle[][] {
  const days = new Map<number, StoredCandle[]>();
  for (const candle of candles) {
    const day = midnightBefore(candle.openTime);
    const known = days.get(day);
    if (known === undefined) days.set(day, [candle]);
    else known.push(candle);
  }
  return [...days.values()];
}

/** The candles after the last missing one. @param candles at least one */
function afterLastHole(candles: readonly StoredCandle[], stepMs: number): readonly StoredCandle[] {
  const first = candles.findLastIndex(
    ({ openTime }, index) => index > 0 && openTime - candles[index - 1]!.openTime !== stepMs,
  );
  return candles.slice(Math.max(first, 0));
}

/** The columns of row-major [rows, width]. */
function columnsOf(rows: Float64Array, width: number): Float64Array[] {
  return Array.from({ length: width }, (_, column) =>
    Float64Array.from({ length: rows.length / width }, (_, row) => rows[row * width + column]!),
  );
}
