import { PaperdeskError } from '../../errors.ts';
import { type BackgroundLoop, startBackgroundLoop } from '../../runtime/background-loop.ts';
import { backoffMs } from '../../runtime/backoff.ts';
import type { Log } from '../../runtime/log.ts';
import type { Timers } from '../../runtime/timers.ts';
import type { LastPrice } from './last-price.ts';

export type PriceListener = (price: LastPrice) => void;

/** The last traded prices of symbols that have listeners. */
export interface PriceFeed {
  /** @throws OVERLOADED if too many symbols would be listened to */
  requireRoom(symbols: readonly string[]): void;
  /** Calls the listener with every new price, the first of them at once if it is known; returns a function that ends this. */
  subscribe(symbol: string, listener: PriceListener): () => void;
  /** Ends all requests. */
  stop(): Promise<void>;
}

export interface PriceFeedDependencies {
  readonly lastPrice: (symbol: string) => Promise<LastPrice>;
  readonly timers: Timers;
  readonly log: Log;
}

interface FollowedPrice {
  readonly listeners: Set<PriceListener>;
  readonly loop: BackgroundLoop;
  last: LastPrice | undefined;
}

/** One request per symbol and pause, however many listen. */
const PAUSE_MS = 2_000;
const BACKOFF = { firstMs: 2_000, longestMs: 60_000, jitter: 0.25 };
/** Nothing that a pause could change. */
const UNKNOWN_PAUSE_MS = 60 * 60_000;
const MAX_SYMBOLS = 50;

/** Requests prices only while there are listeners. */
export function createPriceFeed({ lastPrice, timers, log }: PriceFeedDependencies): PriceFeed {
  const followed = new Map<string, FollowedPrice>();
  const ending = new Set<Promise<void>>();

  function follow(symbol: string): FollowedPrice {
    let failures = 0;
    const entry: FollowedPrice = {
      listeners: new Set(),
      last: undefined,
      loop: startBackgroundLoop({
        timers,
        async work() {
          const price = await lastPrice(symbol);
          failures = 0;
          const isNew = price.price !== entry.last?.price;
          entry.last = price;
          if (isNew) for (const listener of entry.listeners) listener(price);
          return PAUSE_MS;
        },
        onFailure(error) {
          failures += 1;
          // The fault of who listens, whose requests would fill the log.
          if (error instanceof PaperdeskError && error.code === 'SYMBOL_UNKNOWN') return UNKNOWN_PAUSE_MS;
          if (failures === 1)
            log.warn({ err: error, symbol }, 'the price could not be read; it is read later');
          return backoffMs(BACKOFF, failures, timers.random);
        },
      }),
    };
    followed.set(symbol, entry);
    return entry;
  }

  function end(symbol: string, { loop }: FollowedPrice): void {
    followed.delete(symbol);
    const ended = loop.stop();
    ending.add(ended);
    void ended.finally(() => ending.delete(ended));
  }

  return {
    requireRoom(symbols) {
      const added = symbols.filter((symbol) => !followed.has(symbol)).length;
      if (added === 0 || followed.size + added <= MAX_SYMBOLS) return;
      throw new PaperdeskError(
        'OVERLOADED',
        `Prices of ${followed.size} symbols are listened to, and ${MAX_SYMBOLS} is the limit; try again later.`,
        { retryAfterSeconds: 30 },
      );
    },

    subscribe(symbol, listener) {
      const entry = followed.get(symbol) ?? follow(symbol);
      entry.listeners.add(listener);
      if (entry.last !== undefined) listener(entry.last);
      return () => {
        entry.listeners.delete(listener);
        if (entry.listeners.size === 0 && followed.get(symbol) === entry) end(symbol, entry);
      };
    },

    async stop() {
      for (const [symbol, entry] of followed) end(symbol, entry);
      await Promise.all(ending);
    },
  };
}
