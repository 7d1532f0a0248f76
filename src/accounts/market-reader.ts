import { TIMEFRAME_MS, type Timeframe } from '../candle.ts';
import { PaperdeskError } from '../errors.ts';
import type { StoredCandle } from '../market/store/candle-repository.ts';
import type { MarketRepository } from '../market/store/market-repository.ts';
import type { CandleLoader } from '../market/sync/candle-loader.ts';
import type { FundingLoader } from '../market/sync/funding-loader.ts';
import { createKeyedMutex } from '../runtime/keyed-mutex.ts';

export interface ReadCandles {
  readonly candles: readonly StoredCandle[];
  /** Whether no candle of the range is missing. */
  readonly complete: boolean;
  /** Why the exchange did not return the missing ones; null if it answered. */
  readonly failure: PaperdeskError | null;
}

/** Reads stored market data after downloading what is missing. One download per symbol runs at a time. */
export interface MarketReader {
  /** Candles that open from `from` to `to` (ms); filled ones are requested again. */
  candles(symbol: string, timeframe: Timeframe, from: number, to: number): Promise<ReadCandles>;
  /** Downloads missing settlements from `from` to `to` (ms); returns why that failed, null if it did not. */
  loadFunding(symbol: string, from: number, to: number): Promise<PaperdeskError | null>;
}

export interface MarketReaderDependencies {
  readonly repository: MarketRepository;
  readonly candles: CandleLoader;
  readonly funding: FundingLoader;
}

export function createMarketReader({
  repository,
  candles: loader,
  funding,
}: MarketReaderDependencies): MarketReader {
  const oneAtATime = createKeyedMutex();

  async function readCandles(
    symbol: string,
    timeframe: Timeframe,
    from: number,
    to: number,
  ): Promise<ReadCandles> {
    const count = Math.max(0, (to - from) / TIMEFRAME_MS[timeframe] + 1);
    const stored = await repository.candles.range(symbol, timeframe, from, to);
    if (stored.length === count && !stored.some(({ filled }) => filled))
      return { candles: stored, complete: true, failure: null };
    const failure = await failureOf(loader.load(symbol, timeframe, from, to));
    const candles = await repository.candles.range(symbol, timeframe, from, to);
    return { candles, complete: candles.length === count, failure };
  }

  return {
    candles: (symbol, timeframe, from, to) =>
      oneAtATime(symbol, () => readCandles(symbol, timeframe, from, to)),
    loadFunding: (symbol, from, to) => oneAtATime(symbol, () => failureOf(funding.load(symbol, from, to))),
  };
}

/**
 * Waits for a download; returns why the market gave nothing instead of throwing it: the exchange does not answer, or has
 * the symbol no longer.
 */
async function failureOf(download: Promise<void>): Promise<PaperdeskError | null> {
  try {
    await download;
    return null;
  } catch (error) {
    if (error instanceof PaperdeskError && ['MARKET_UNAVAILABLE', 'SYMBOL_UNKNOWN'].includes(error.code))
      return error;
    throw error;
  }
}
