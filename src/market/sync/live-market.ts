import { newestClosedOpenTime, TIMEFRAME_MS } from '../../candle.ts';
import type { Log } from '../../runtime/log.ts';
import type { Clock, Timers } from '../../runtime/timers.ts';
import type { Exchange } from '../exchange/exchange.ts';
import type { MarketRepository } from '../store/market-repository.ts';
import { type CandleConsumer, type CandleFeed, createCandleFeed, type FeedStatus } from './candle-feed.ts';
import { type CandleFollower, createCandleFollower, type FollowerStatus } from './candle-follower.ts';
import { createCandleLoader } from './candle-loader.ts';
import { createDecisionCandleSync, type DecisionCandleSync } from './decision-candle-sync.ts';
import { createFundingLoader } from './funding-loader.ts';
import { createLastPrices, type LastPrice } from './last-price.ts';
import type { MarketHistory } from './market-history.ts';
import { createMismatchChecker, type MismatchChecker } from './mismatch-checker.ts';

/** The candles that are streamed, and that drive exits between decisions (market.md#3). */
export const LIVE_TIMEFRAME = '3m';

const STEP_MS = TIMEFRAME_MS[LIVE_TIMEFRAME];

export interface LiveSymbolStatus extends FollowerStatus {
  readonly symbol: string;
}

export interface LiveStatus {
  readonly symbols: readonly LiveSymbolStatus[];
  readonly consumers: readonly FeedStatus[];
}

export interface Subscription {
  /**
   * Waits until every 3m candle that is closed by now was consumed; at once when it was.
   * @throws PaperdeskError MARKET_UNAVAILABLE after `patienceMs` (6 s by default), saying why not
   */
  caughtUp(patienceMs?: number): Promise<void>;
  /** Ends the deliveries; the cursor stays. */
  end(): Promise<void>;
}

/** The market of the followed symbols, kept up to date as time goes by. */
export interface LiveMarket {
  /** Keeps the 15m candles, the funding and the 3m candles of `symbol` up to date until it is unfollowed. */
  follow(symbol: string): void;
  /** Ends that, once no consumer of the symbol is left. */
  unfollow(symbol: string): Promise<void>;
  /** The last price traded, at most a second old. @throws PaperdeskError MARKET_UNAVAILABLE, SYMBOL_UNKNOWN */
  lastPrice(symbol: string): Promise<LastPrice>;
  /** In alphabetical order. */
  followed(): readonly string[];
  /** Delivers every closed 3m candle to `consumer` exactly once (see CandleConsumer); follows its symbol. */
  subscribe(consumer: CandleConsumer): Subscription;
  /** Listeners are told the close time (ms) of each new 15m candle once it is stored. */
  onDecisionCandle(listener: (symbol: string, closeTime: number) => void): void;
  status(): LiveStatus;
  /** Ends everything in order, the exchange's requests included. */
  stop(): Promise<void>;
}

export interface LiveParts {
  readonly exchange: Exchange;
  readonly history: Pick<MarketHistory, 'window'>;
  readonly repository: MarketRepository;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
}

interface Followed {
  readonly follower: CandleFollower;
  readonly keeper: DecisionCandleSync;
  readonly checker: MismatchChecker;
}

const PATIENCE_MS = 6_000;

export function createLiveMarket(parts: LiveParts): LiveMarket {
  const { exchange, history, repository, clock, timers, log } = parts;
  const loader = createCandleLoader({ exchange, repository, clock, log });
  const funding = createFundingLoader({ exchange, repository });
  const symbols = new Map<string, Followed>();
  const feeds = new Map<string, CandleFeed>();
  /** Those that were followed for their own sake, not only for a consumer. */
  const wanted = new Set<string>();
  const lastPrice = createLastPrices(exchange, clock);
  const listeners: ((symbol: string, closeTime: number) => void)[] = [];
  let stopping: Promise<void> | undefined;

  function follow(symbol: string): Followed | undefined {
    if (stopping !== undefined) return undefined;
    const known = symbols.get(symbol);
    if (known !== undefined) return known;
    const checker = createMismatchChecker({
      ...{ symbol, start: exchange.earliestNow(), loader, repository, clock, timers, log },
    });
    const follower = createCandleFollower({
      ...{ symbol, timeframe: LIVE_TIMEFRAME, exchange, loader, repository, timers, log },
      onStored(from, to) {
        checker.stored(from, to);
        for (const feed of feeds.values()) if (feed.status().symbol === symbol) feed.wake();
      },
    });
    const keeper = createDecisionCandleSync({
      ...{ symbol, exchange, history, timers },
      onCandle(closeTime) {
        checker.wake();
        for (const listener of listeners) listener(symbol, closeTime);
      },
    });
    const added = { follower, keeper, checker };
    symbols.set(symbol, added);
    return added;
  }

  async function release(symbol: string): Promise<void> {
    if (wanted.has(symbol) || [...feeds.values()].some((feed) => feed.status().symbol === symbol)) return;
    await end(symbol);
  }

  async function end(symbol: string): Promise<void> {
    const found = symbols.get(symbol);
    symbols.delete(symbol);
    await Promise.all([found?.follower.stop(), found?.keeper.stop(), found?.checker.stop()]);
  }

  async function stop(): Promise<void> {
    const ends = [...[...feeds.values()].map((feed) => feed.stop()), ...[...symbols.keys()].map(end)];
    await exchange.close();
    await Promise.all([...ends]);
  }

  return {
    follow(symbol) {
      wanted.add(symbol);
      follow(symbol);
    },
    async unfollow(symbol) {
      wanted.delete(symbol);
      await release(symbol);
    },
    lastPrice,
    followed: () => [...symbols.keys()].sort(),

    subscribe(consumer) {
      const { name, symbol } = consumer;
      const key = `${name} ${symbol}`;
      if (feeds.has(key)) throw new Error(`${name} is subscribed to ${symbol} already`);
      if (follow(symbol) === undefined) throw new Error('The live market is stopping');
      const feed = createCandleFeed({
        ...{ consumer, timeframe: LIVE_TIMEFRAME, repository, funding, clock, timers, log },
        begin: newestClosedOpenTime(exchange.earliestNow(), LIVE_TIMEFRAME) + STEP_MS,
        onBegin: (next) => symbols.get(symbol)?.follower.wantFrom(next),
      });
      feeds.set(key, feed);
      return {
        async caughtUp(patienceMs = PATIENCE_MS) {
          const due = newestClosedOpenTime(exchange.earliestNow(), LIVE_TIMEFRAME) + STEP_MS;
          const { next } = feed.status();
          if (next !== null && next >= due) return;
          symbols.get(symbol)?.follower.lookAgain();
          await feed.reach(due, patienceMs);
        },
        async end() {
          feeds.delete(key);
          await feed.stop();
          await release(symbol);
        },
      };
    },

    onDecisionCandle: (listener) => void listeners.push(listener),

    status: () => ({
      symbols: [...symbols]
        .map(([symbol, { follower }]) => ({ symbol, ...follower.status() }))
        .sort((a, b) => (a.symbol < b.symbol ? -1 : 1)),
      consumers: [...feeds.values()].map((feed) => feed.status()),
    }),

    stop() {
      stopping ??= stop();
      return stopping;
    },
  };
}
