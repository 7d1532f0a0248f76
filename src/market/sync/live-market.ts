import type { Log } from '../../runtime/log.ts';
import type { Clock, Timers } from '../../runtime/timers.ts';
import type { Exchange } from '../exchange/exchange.ts';
import type { MarketRepository } from '../store/market-repository.ts';
import { createDecisionCandleSync, type DecisionCandleSync } from './decision-candle-sync.ts';
import {
  createIntrabarCandleSync,
  type IntrabarCandleSync,
  type IntrabarSyncStatus,
} from './intrabar-candle-sync.ts';
import { createLastPrices, type LastPrice } from './last-price.ts';
import type { MarketHistory } from './market-history.ts';
import type { MarketLoaders } from './market-loaders.ts';
import { createMismatchChecker, type MismatchChecker } from './mismatch-checker.ts';

/** Intrabar candles: they are streamed and drive exits between decisions. */
export const LIVE_TIMEFRAME = '3m';

export interface LiveSymbolStatus extends IntrabarSyncStatus {
  readonly symbol: string;
}

/** Keeps the stored market data of followed symbols up to date. */
export interface LiveMarket {
  /**
   * Keeps the decision candles, the funding and the intrabar candles of `symbol` up to date for as long as a reason is
   * left. A reason names who needs the symbol, for example `account:paper_alpha`; giving it again changes nothing.
   * @param from also stores the intrabar candles that open from this time on, in ms
   */
  follow(symbol: string, reason: string, from?: number): void;
  /** Takes a reason back; after the last one, waits until the work for the symbol has ended. */
  unfollow(symbol: string, reason: string): Promise<void>;
  /** The last price traded, at most a second old. @throws PaperdeskError MARKET_UNAVAILABLE, SYMBOL_UNKNOWN */
  lastPrice(symbol: string): Promise<LastPrice>;
  /** In alphabetical order. */
  followed(): readonly string[];
  /**
   * Calls `listener` after intrabar candles were stored: they are stored without holes up to `storedUpTo`, the close of
   * the newest (ms). Older ones may have changed too.
   */
  onIntrabarCandles(listener: (symbol: string, storedUpTo: number) => void): void;
  /** Calls `listener` with the close time (ms) of each new decision candle once it is stored. */
  onDecisionCandle(listener: (symbol: string, closeTime: number) => void): void;
  /** In alphabetical order. */
  status(): readonly LiveSymbolStatus[];
  /** Ends the exchange's requests and all work in order. */
  stop(): Promise<void>;
}

export interface LiveMarketDependencies {
  readonly exchange: Exchange;
  readonly history: Pick<MarketHistory, 'window'>;
  readonly repository: MarketRepository;
  readonly loaders: Pick<MarketLoaders, 'candles'>;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
}

interface Followed {
  readonly reasons: Set<string>;
  readonly intrabar: IntrabarCandleSync;
  readonly decision: DecisionCandleSync;
  readonly checker: MismatchChecker;
}

export function createLiveMarket(dependencies: LiveMarketDependencies): LiveMarket {
  const { exchange, history, repository, loaders, clock, timers, log } = dependencies;
  const symbols = new Map<string, Followed>();
  const ending = new Set<Promise<unknown>>();
  const intrabarListeners: ((symbol: string, storedUpTo: number) => void)[] = [];
  const decisionListeners: ((symbol: string, closeTime: number) => void)[] = [];
  let stopping: Promise<void> | undefined;

  function begin(symbol: string): Followed {
    const checker = createMismatchChecker({
      ...{ symbol, start: exchange.earliestNow(), loader: loaders.candles, repository, clock, timers, log },
    });
    const intrabar = createIntrabarCandleSync({
      ...{ symbol, timeframe: LIVE_TIMEFRAME, exchange, loader: loaders.candles, repository, timers, log },
      onStored(from, to) {
        checker.stored(from, to);
        for (const listener of intrabarListeners) listener(symbol, to);
      },
    });
    const decision = createDecisionCandleSync({
      ...{ symbol, exchange, history, timers },
      onCandle(closeTime) {
        checker.wake();
        for (const listener of decisionListeners) listener(symbol, closeTime);
      },
    });
    const followed = { reasons: new Set<string>(), intrabar, decision, checker };
    symbols.set(symbol, followed);
    return followed;
  }

  async function end(symbol: string): Promise<void> {
    const followed = symbols.get(symbol);
    symbols.delete(symbol);
    const ended = Promise.all([
      followed?.intrabar.stop(),
      followed?.decision.stop(),
      followed?.checker.stop(),
    ]);
    ending.add(ended);
    await ended;
    ending.delete(ended);
  }

  async function stop(): Promise<void> {
    for (const symbol of symbols.keys()) void end(symbol);
    await exchange.close();
    await Promise.all(ending);
  }

  return {
    follow(symbol, reason, from) {
      if (stopping !== undefined) return;
      const { reasons, intrabar } = symbols.get(symbol) ?? begin(symbol);
      reasons.add(reason);
      if (from !== undefined) intrabar.includeFrom(from);
    },

    async unfollow(symbol, reason) {
      const followed = symbols.get(symbol);
      if (followed?.reasons.delete(reason) && followed.reasons.size === 0) await end(symbol);
    },

    lastPrice: createLastPrices(exchange, clock),
    followed: () => [...symbols.keys()].sort(),
    onIntrabarCandles: (listener) => void intrabarListeners.push(listener),
    onDecisionCandle: (listener) => void decisionListeners.push(listener),

    status: () =>
      [...symbols]
        .map(([symbol, { intrabar }]) => ({ symbol, ...intrabar.status() }))
        .sort((a, b) => (a.symbol < b.symbol ? -1 : 1)),

    stop() {
      stopping ??= stop();
      return stopping;
    },
  };
}
