import { LRUCache } from 'lru-cache';
import type { MarketRepository } from '../market/store/market-repository.ts';
import type { TradedMarket } from '../trading/account-pipeline.ts';
import type { ClosedLot } from '../trading/lot.ts';
import { closingCandle, type Excursions, excursionsOf } from './excursions.ts';

/** The excursions of a closed lot from stored candles; null while some of them are missing (statistics.md#65). */
export type ReadExcursions = (lot: ClosedLot, market: TradedMarket) => Promise<Excursions | null>;

export interface ReadExcursionsDependencies {
  readonly candles: Pick<MarketRepository['candles'], 'extremes' | 'range'>;
  /** Yields to the event loop. */
  readonly pause: () => Promise<void>;
}

/** Some 200 bytes each. */
const MAX_KEPT = 50_000;
/** A lot has some hundred candles, which take a fraction of a millisecond. */
const READS_PER_PAUSE = 16;

export function createReadExcursions({ candles, pause }: ReadExcursionsDependencies): ReadExcursions {
  // `max` would take the memory for all of them at once.
  const kept = new LRUCache<string, Excursions>({ maxSize: MAX_KEPT, sizeCalculation: () => 1 });
  let reads = 0;

  async function measure(lot: ClosedLot, { symbol, pipeline }: TradedMarket): Promise<Excursions | null> {
    const { intrabarTimeframe: timeframe, intrabarMs } = pipeline;
    const first = Math.ceil(lot.openedAt / intrabarMs) * intrabarMs;
    const closing = closingCandle(lot, intrabarMs);
    // A lot can open and close by hand within one candle.
    if (closing < first) return excursionsOf(lot, [], intrabarMs);
    const { count, low, high } = await candles.extremes(symbol, timeframe, first, closing);
    const [last] = await candles.range(symbol, timeframe, closing, closing);
    if (count < (closing - first) / intrabarMs || last === undefined || last.filled) return null;
    // One candle stands for all that the lot was open throughout.
    const before = low === null || high === null ? [] : [{ openTime: first, open: low, low, high }];
    return excursionsOf(lot, [...before, last], intrabarMs);
  }

  return async (lot, market) => {
    const known = kept.get(lot.id);
    if (known !== undefined) return known;
    reads += 1;
    if (reads % READS_PER_PAUSE === 0) await pause();
    const measured = await measure(lot, market);
    if (measured !== null) kept.set(lot.id, measured);
    return measured;
  };
}
