import type { Clock } from '../../runtime/timers.ts';
import type { Exchange } from '../exchange/exchange.ts';

/** What a symbol was last traded at. */
export interface LastPrice {
  readonly price: number;
  /** When the exchange was asked, ms since the Unix epoch. */
  readonly at: number;
}

const FRESH_MS = 1_000;
const MOST_KEPT = 1_000;

/** Asks for each price once a second at most, however many want it. */
export function createLastPrices(
  exchange: Pick<Exchange, 'fetchLastPrice'>,
  clock: Clock,
): (symbol: string) => Promise<LastPrice> {
  const kept = new Map<string, { readonly at: number; readonly price: Promise<LastPrice> }>();
  return (symbol) => {
    const at = clock();
    const known = kept.get(symbol);
    if (known !== undefined && Math.abs(at - known.at) < FRESH_MS) return known.price;
    const price = exchange.fetchLastPrice(symbol).then((value) => ({ price: value, at }));
    const entry = { at, price };
    kept.delete(symbol);
    kept.set(symbol, entry);
    if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value as string);
    price.catch(() => {
      if (kept.get(symbol) === entry) kept.delete(symbol);
    });
    return price;
  };
}
