import { createHash } from 'node:crypto';
import { type FundingRate, MINUTE_MS, TIMEFRAME_MS } from '../../candle.ts';
import { createRevisionCache } from '../../runtime/revision-cache.ts';
import type { StoredCandle } from './candle-repository.ts';
import type { MarketRepository } from './market-repository.ts';
import { FUNDING_LEAD_MS, WINDOW_CANDLES, WINDOW_TIMEFRAME } from './window-validity.ts';

const STEP_MS = TIMEFRAME_MS[WINDOW_TIMEFRAME];
const HOUR_MS = 60 * MINUTE_MS;

/** What is stored of the window that should end with a certain candle. It is frozen, so that many may share it. */
export interface StoredWindow {
  /** The unbroken run of candles, 1500 at most, that ends with the newest. */
  readonly candles: readonly StoredCandle[];
  readonly funding: readonly FundingRate[];
  /** Up to when no settlement is missing, in ms. */
  readonly fundingKnownTo: number;
  /** Whether there are 1500 candles with their funding. */
  readonly enough: boolean;
  /** Whether it also ends with the candle it should end with. */
  readonly current: boolean;
  /** Of all numbers in it. */
  readonly revision: string;
}

/** Reads windows from the store. */
export interface StoredWindows {
  /** The window that should end with the candle that opens at `due` (ms). */
  read(symbol: string, due: number): Promise<StoredWindow>;
  /** The same from a cache that holds the last window of each symbol, for the symbol's present candle. */
  newest(symbol: string, due: number): Promise<StoredWindow>;
}

/** 1500 candles take some 150 kB; few services follow as many symbols. */
const MAX_CACHED = 100;

export function createStoredWindows(repository: MarketRepository): StoredWindows {
  const cache = createRevisionCache<StoredWindow>({
    maxEntries: MAX_CACHED,
    isCacheable: ({ candles }) => candles.length > 0,
  });

  async function read(symbol: string, due: number): Promise<StoredWindow> {
    const stored = await repository.candles.newest(symbol, WINDOW_TIMEFRAME, WINDOW_CANDLES, due);
    const candles = unbrokenEnd(stored);
    const newest = candles.at(-1)?.openTime ?? due;
    const from = (candles[0]?.openTime ?? due) - FUNDING_LEAD_MS;
    const known = await repository.funding.coverage(symbol);
    // Exchanges stamp settlements a few ms late; those of the minute belong to the candle (features.md#27).
    const funding = await repository.funding.range(symbol, from, newest + MINUTE_MS - 1);
    const enough =
      candles.length === WINDOW_CANDLES && known !== undefined && known.from <= from && known.to >= from;
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
    newest: (symbol, due) =>
      cache.get(
        symbol,
        async () => `${due} ${await repository.revision(symbol)}`,
        () => read(symbol, due),
      ),
  };
}

/** Settlements happen at full hours: the last one that a window can need. */
export function fundingNeededTo(newestOpenTime: number): number {
  return Math.floor(newestOpenTime / HOUR_MS) * HOUR_MS;
}

function frozen<T extends object>(list: readonly T[]): readonly T[] {
  for (const entry of list) Object.freeze(entry);
  return Object.freeze([...list]);
}

/** The longest run of candles without a hole that ends with the newest. */
function unbrokenEnd(candles: readonly StoredCandle[]): readonly StoredCandle[] {
  for (let index = candles.length - 1; index > 0; index -= 1) {
    const step = (candles[index] as StoredCandle).openTime - (candles[index - 1] as StoredCandle).openTime;
    if (step !== STEP_MS) return candles.slice(index);
  }
  return candles;
}

/** A hash of all numbers of a window. */
export function revisionOf(candles: readonly StoredCandle[], funding: readonly FundingRate[]): string {
  const numbers = new Float64Array(candles.length * 6 + funding.length * 2);
  let offset = 0;
  for (const { openTime, open, high, low, close, volume } of candles) {
    numbers.set([openTime, open, high, low, close, volume], offset);
    offset += 6;
  }
  for (const { time, rate } of funding) {
    numbers.set([time, rate], offset);
    offset += 2;
  }
  return createHash('sha256').update(new Uint8Array(numbers.buffer)).digest('base64url').slice(0, 22);
}
