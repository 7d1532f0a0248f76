import type { DecisionTimeframe, Timeframe } from '../../candle.ts';
import type { Leases } from '../../cluster/leases.ts';
import { symbolLease } from '../store/market-repository.ts';
import { type DemandedSymbol, demandSymbol, type FirstCandle } from './demanded-symbol.ts';
import { type FollowedSymbolDependencies, followSymbol } from './followed-symbol.ts';
import type { IntrabarSyncStatus } from './intrabar-candle-sync.ts';
import { createLastPrices, type LastPrice } from './last-price.ts';
import type { MarketPipeline } from './market-history.ts';
import type { UsedMarket } from './requested-window.ts';

export interface LiveSymbolStatus extends IntrabarSyncStatus {
  readonly symbol: string;
  readonly timeframe: Timeframe;
}

/** Intrabar candles that are stored without holes up to `storedUpTo`, the close time of the newest (ms). */
export interface StoredIntrabarCandles {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly storedUpTo: number;
}

export interface ClosedDecisionCandle {
  readonly symbol: string;
  readonly timeframe: DecisionTimeframe;
  /** ms. */
  readonly closeTime: number;
}

/** Updates the stored market data of followed symbols as candles close: each symbol on one node (market.md#36). */
export interface LiveMarket {
  /**
   * Updates what a pipeline needs of `symbol` while there is a reason: decision candles, funding and intrabar candles.
   * A reason names what needs them, for example `account:paper_alpha`; a second time with the same pipeline it changes
   * nothing, and with another one it replaces the first. Pipelines of one symbol share the candles of a timeframe.
   * @param from also stores the intrabar candles that open from this time on; asked when this node begins to follow
   */
  follow(symbol: string, pipeline: MarketPipeline, reason: string, from?: FirstCandle): void;
  /** Removes a reason; waits until the work that nothing else needs has ended. */
  unfollow(symbol: string, reason: string): Promise<void>;
  /** The last price traded, at most a second old. @throws PaperdeskError MARKET_UNAVAILABLE, SYMBOL_UNKNOWN */
  lastPrice(symbol: string): Promise<LastPrice>;
  /** The symbols that nodes follow, in alphabetical order. */
  followed(): readonly UsedMarket[];
  /** Calls `listener` once this node has stored intrabar candles; older ones may have changed too. */
  onIntrabarCandles(listener: (stored: StoredIntrabarCandles) => void): void;
  /** Calls `listener` for each new decision candle once this node has stored it. */
  onDecisionCandle(listener: (closed: ClosedDecisionCandle) => void): void;
  /** One per symbol that this node follows and intrabar timeframe, in alphabetical order. */
  status(): readonly LiveSymbolStatus[];
  /** Ends the exchange's requests and all work in order. */
  stop(): Promise<void>;
}

export interface LiveMarketDependencies extends FollowedSymbolDependencies {
  readonly leases: Pick<Leases, 'want'>;
}

export function createLiveMarket(dependencies: LiveMarketDependencies): LiveMarket {
  const { exchange, clock, leases } = dependencies;
  const symbols = new Map<string, DemandedSymbol>();
  const ending = new Set<Promise<unknown>>();
  const intrabarListeners: ((stored: StoredIntrabarCandles) => void)[] = [];
  const decisionListeners: ((closed: ClosedDecisionCandle) => void)[] = [];
  let stopping: Promise<void> | undefined;

  function demand(symbol: string): DemandedSymbol {
    const demanded = demandSymbol(
      (begin) => leases.want(symbolLease(symbol), begin),
      () =>
        followSymbol(dependencies, symbol, {
          onIntrabarCandles(timeframe, storedUpTo) {
            for (const listener of intrabarListeners) listener({ symbol, timeframe, storedUpTo });
          },
          onDecisionCandle(timeframe, closeTime) {
            for (const listener of decisionListeners) listener({ symbol, timeframe, closeTime });
          },
        }),
    );
    symbols.set(symbol, demanded);
    return demanded;
  }

  async function end(ended: Promise<unknown>): Promise<void> {
    ending.add(ended);
    await ended;
    ending.delete(ended);
  }

  async function stop(): Promise<void> {
    for (const demanded of symbols.values()) void end(demanded.stop());
    symbols.clear();
    await exchange.close();
    await Promise.all(ending);
  }

  return {
    follow(symbol, pipeline, reason, from) {
      if (stopping !== undefined) return;
      void end((symbols.get(symbol) ?? demand(symbol)).add(reason, pipeline, from));
    },

    async unfollow(symbol, reason) {
      const demanded = symbols.get(symbol);
      if (demanded === undefined) return;
      const ended = demanded.remove(reason);
      const isOver = demanded.pipelines().length === 0 && symbols.delete(symbol);
      await end(isOver ? Promise.all([ended, demanded.stop()]) : ended);
    },

    lastPrice: createLastPrices(exchange, clock),
    followed: () =>
      [...symbols]
        .map(([symbol, demanded]) => ({ symbol, pipelines: demanded.pipelines() }))
        .sort((a, b) => (a.symbol < b.symbol ? -1 : 1)),
    onIntrabarCandles: (listener) => void intrabarListeners.push(listener),
    onDecisionCandle: (listener) => void decisionListeners.push(listener),

    status: () =>
      [...symbols]
        .flatMap(([symbol, demanded]) =>
          (demanded.followed()?.status() ?? []).map((status) => ({ symbol, ...status })),
        )
        .sort((a, b) => (a.symbol < b.symbol ? -1 : 1)),

    stop() {
      stopping ??= stop();
      return stopping;
    },
  };
}
