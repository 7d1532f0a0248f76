import { LRUCache } from 'lru-cache';
import type { Clock } from '../../runtime/timers.ts';
import type { Exchange } from '../exchange/exchange.ts';

/** The last traded price of a symbol. */
export interface LastPrice {
  readonly price: number;
  /** Time of the request, ms since the Unix epoch. */
  readonly at: number;
}

const FRESH_MS = 1_000;
const MAX_SYMBOLS = 1_000;

/** Requests each price once a second at most; callers share the answer. */
export function createLastPrices(
  exchange: Pick<Exchange, 'fetchLastPrice'>,
  clock: Clock,
): (symbol: string) => Promise<LastPrice> {
  const prices = new LRUCache<string, { readonly at: number; readonly price: Promise<LastPrice> }>({
    max: MAX_SYMBOLS,
  });
  return (symbol) => {
    const at = clock();
    const known = prices.get(symbol);
    if (known !== undefined && Math.abs(at - known.at) < FRESH_MS) return known.price;
    const price = exchange.fetchLastPrice(symbol).then((value) => ({ price: value, at }));
    const entry = { at, price };
    prices.set(symbol, entry);
    price.catch(() => {
      if (prices.peek(symbol) === entry) prices.delete(symbol);
    });
    return price;
  };
}
