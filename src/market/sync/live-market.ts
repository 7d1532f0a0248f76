import { startDecisionCandleSync } from './decision-candle-sync.ts';
import { type IntrabarSyncStatus, startIntrabarCandleSync } from './intrabar-candle-sync.ts';
import { createLastPrices, type LastPrice } from './last-price.ts';
import type { MarketHistory } from './market-history.ts';
import type { SyncDependencies } from './market-loaders.ts';
import { startMismatchChecker } from './mismatch-checker.ts';

/** Intrabar candles: they are streamed and drive exits between decisions. */
export const LIVE_TIMEFRAME = '3m';

export interface LiveSymbolStatus extends IntrabarSyncStatus {
  readonly symbol: string;
}

/** Updates the stored market data of followed symbols as candles close. */
export interface LiveMarket {
  /**
   * Updates the decision candles, the funding and the intrabar candles of `symbol` while there is a reason. A reason
   * names what needs the symbol, for example `account:paper_alpha`; a second time it changes nothing.
   * @param from also stores the intrabar candles that open from this time on, in ms
   */
  follow(symbol: string, reason: string, from?: number): void;
  /** Removes a reason; after the last one, waits until the work for the symbol has ended. */
  unfollow(symbol: string, reason: string): Promise<void>;
  /** The last price traded, at most a second old. @throws PaperdeskError MARKET_UNAVAILABLE, SYMBOL_UNKNOWN */
  lastPrice(symbol: string): Promise<LastPrice>;
  /** In alphabetical order. */
  followed(): readonly string[];
  /**
   * Calls `listener` once intrabar candles are stored without holes up to `storedUpTo`, the close time of the newest
   * (ms). Older ones may have changed too.
   */
  onIntrabarCandles(listener: (symbol: string, storedUpTo: number) => void): void;
  /** Calls `listener` with the close time (ms) of each new decision candle once it is stored. */
  onDecisionCandle(listener: (symbol: string, closeTime: number) => void): void;
  /** In alphabetical order. */
  status(): readonly LiveSymbolStatus[];
  /** Ends the exchange's requests and all work in order. */
  stop(): Promise<void>;
}

export interface LiveMarketDependencies extends SyncDependencies {
  readonly history: Pick<MarketHistory, 'window'>;
}

export function createLiveMarket(dependencies: LiveMarketDependencies): LiveMarket {
  const { exchange, history, clock, timers } = dependencies;
  const symbols = new Map<string, ReturnType<typeof begin>>();
  const ending = new Set<Promise<unknown>>();
  const intrabarListeners: ((symbol: string, storedUpTo: number) => void)[] = [];
  const decisionListeners: ((symbol: string, closeTime: number) => void)[] = [];
  let stopping: Promise<void> | undefined;

  function begin(symbol: string) {
    const mismatches = startMismatchChecker({ ...dependencies, symbol, start: exchange.earliestNow() });
    const intrabar = startIntrabarCandleSync({
      ...dependencies,
      symbol,
      timeframe: LIVE_TIMEFRAME,
      onStored(from, to) {
        mismatches.stored(from, to);
        for (const listener of intrabarListeners) listener(symbol, to);
      },
    });
    const decision = startDecisionCandleSync({
      ...{ symbol, exchange, history, timers },
      onCandle(closeTime) {
        mismatches.wake();
        for (const listener of decisionListeners) listener(symbol, closeTime);
      },
    });
    const stop = () => Promise.all([intrabar.stop(), decision.stop(), mismatches.stop()]);
    return { reasons: new Set<string>(), intrabar, stop };
  }

  async function end(symbol: string): Promise<void> {
    const ended = symbols.get(symbol)?.stop();
    if (ended === undefined) return;
    symbols.delete(symbol);
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
      const followed = symbols.get(symbol) ?? begin(symbol);
      symbols.set(symbol, followed);
      followed.reasons.add(reason);
      if (from !== undefined) followed.intrabar.includeFrom(from);
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
