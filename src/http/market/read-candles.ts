import type { z } from 'zod';
import type { MadeCandle } from '../../market/store/candle-repository.ts';
import type { MarketHistory } from '../../market/sync/market-history.ts';
import type { candlesQuery } from './schema.ts';

/** The candles of a request: those of the exchange, or made of stored ones. */
export async function readCandles(
  history: Pick<MarketHistory, 'candles' | 'madeCandles'>,
  { symbol, interval, limit, before, from, to, base }: z.infer<typeof candlesQuery>,
): Promise<readonly MadeCandle[]> {
  const end = Math.min(
    before ?? Number.MAX_SAFE_INTEGER,
    to === undefined ? Number.MAX_SAFE_INTEGER : to + 1,
  );
  const begin = from ?? 0;
  if (base !== undefined)
    return history.madeCandles(symbol, interval, { base, count: limit, from: begin, before: end });
  const isOpen = end === Number.MAX_SAFE_INTEGER;
  const candles = await history.candles(symbol, interval, limit, isOpen ? undefined : end);
  return candles.filter(({ openTime }) => openTime >= begin).map((candle) => ({ ...candle, complete: true }));
}
