import { createHash } from 'node:crypto';
import { type FundingRate, MINUTE_MS } from '../../candle.ts';
import { createRevisionCache } from '../../runtime/revision-cache.ts';
import type { StoredCandle } from './candle-repository.ts';
import type { MarketRepository } from './market-repository.ts';
import { FUNDING_LEAD_MS, type MarketPipeline } from './window-validity.ts';

const HOUR_MS = 60 * MINUTE_MS;

/** The stored candles and funding of a window. They are frozen, because callers share them. */
export interface StoredWindow {
  /** The consecutive candles that end with the newest, as many as the pipeline's history has at most. */
  readonly candles: readonly StoredCandle[];
  readonly funding: readonly FundingRate[];
  /** Up to when no settlement is missing, in ms. */
  readonly fundingKnownTo: number;
  /** Whether that is the whole history, with its funding. */
  readonly enough: boolean;
  /** Whether it also ends with the candle that is due. */
  readonly current: boolean;
  /** Of all its numbers. */
  readonly revision: string;
}

/** Reads windows from the store. */
export interface StoredWindows {
  /** The window when the candle that opens at `due` (ms) should be the newest. */
  read(symbol: string, pipeline: MarketPipeline, due: number): Promise<StoredWindow>;
  /** The same from a cache with the last window of each symbol, timeframe and length. */
  newest(symbol: string, pipeline: MarketPipeline, due: number): Promise<StoredWindow>;
}

/** 1500 candles take about 150 kB; few services follow more windows. */
const MAX_CACHED = 100;

export function createStoredWindows(repository: MarketRepository): StoredWindows {
  const cache = createRevisionCache<StoredWindow>({
    maxEntries: MAX_CACHED,
    isCacheable: ({ candles }) => candles.length > 0,
  });

  async function read(symbol: string, pipeline: MarketPipeline, due: number): Promise<StoredWindow> {
    const { decisionTimeframe, decisionMs, historyCandles } = pipeline;
    const stored = await repository.candles.newest(symbol, decisionTimeframe, historyCandles, due);
    const firstConsecutive = stored.findLastIndex(
      ({ openTime }, index) => index > 0 && openTime - stored[index - 1]!.openTime !== decisionMs,
    );
    const candles = stored.slice(Math.max(firstConsecutive, 0));
    const newest = candles.at(-1)?.openTime ?? due;
    const from = (candles[0]?.openTime ?? due) - FUNDING_LEAD_MS;
    const known = await repository.funding.coverage(symbol);
    // Settlements are stamped a few ms late; those of the first minute belong to the candle (features.md#27).
    const funding = await repository.funding.range(symbol, from, newest + MINUTE_MS - 1);
    const enough =
      candles.length === historyCandles && known !== undefined && known.from <= from && known.to >= from;
    return Object.freeze({
      candles: frozen(candles),
      funding: frozen(funding),
      fundingKnownTo: known?.to ?? 0,
      enough,
      current: enough && newest === due && known.to >= fundingNeededTo(due),
      revision: revisionOf(candles, funding),
    });
  }

  return {
    read,
    newest: (symbol, pipeline, due) =>
      cache.get(
        `${symbol} ${pipeline.decisionTimeframe} ${pipeline.historyCandles}`,
        async () => `${due} ${await repository.revision(symbol)}`,
        () => read(symbol, pipeline, due),
      ),
  };
}

/** Time of the last settlement that a window can need, in ms: settlements happen at full hours. */
export function fundingNeededTo(newestOpenTime: number): number {
  return Math.floor(newestOpenTime / HOUR_MS) * HOUR_MS;
}

function frozen<T extends object>(list: readonly T[]): readonly T[] {
  for (const entry of list) Object.freeze(entry);
  return Object.freeze([...list]);
}

/** A hash of all numbers of a window. */
export function revisionOf(candles: readonly StoredCandle[], funding: readonly FundingRate[]): string {
  const numbers = new Float64Array(candles.length * 6 + funding.length * 2);
  let next = 0;
  // One by one: an array for each candle takes three times as long, and a replay does this for every decision.
  for (const { openTime, open, high, low, close, volume } of candles) {
    numbers[next++] = openTime;
    numbers[next++] = open;
    numbers[next++] = high;
    numbers[next++] = low;
    numbers[next++] = close;
    numbers[next++] = volume;
  }
  for (const { time, rate } of funding) {
    numbers[next++] = time;
    numbers[next++] = rate;
  }
  return createHash('sha256').update(new Uint8Array(numbers.buffer)).digest('base64url').slice(0, 22);
}
