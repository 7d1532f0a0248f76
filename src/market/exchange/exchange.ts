import type { Candle, FundingRate, Timeframe } from '../../candle.ts';
import { PaperdeskError } from '../../errors.ts';
import {
  candlesOfRows,
  checkCandles,
  checkFunding,
  fundingOfEntries,
  priceOf,
  splitAtClose,
} from './answers.ts';
import { type CandleStart, type CandleStream, openCandleStream } from './candle-stream.ts';
import { cutConnections } from './ccxt-client.ts';
import type { ClockStatus } from './clock.ts';
import { connect, type ExchangeOptions } from './connect.ts';
import type { ExchangeId } from './exchanges.ts';
import { explainFailure } from './failure.ts';
import type { GuardStatus, WeightUse } from './request-guard.ts';
import { createSubscriptions } from './subscriptions.ts';
import { createSymbols } from './symbols.ts';

/** The candles of one request, in order of time. */
export interface CandlePage {
  /** Candles that are certainly closed (market.md#5). */
  readonly closed: readonly Candle[];
  /** The first candle that may still be forming; only its open is final. */
  readonly forming: { readonly openTime: number; readonly open: number } | undefined;
  /** The earlier of both clocks before the request, in ms. */
  readonly asOf: number;
}

export interface ExchangeStatus extends GuardStatus {
  readonly id: ExchangeId;
  readonly clock: ClockStatus;
  readonly weight: WeightUse | null;
  /** Addresses of the proxies, without user and password; null where there is none. */
  readonly proxies: { readonly rest: string | null; readonly stream: string | null };
}

export interface RequestOptions<Known> {
  /** No attempt begins after this long, in ms; 5 s by default. */
  readonly patienceMs?: number;
  /** A known entry that the answer must contain, or it is refused (market.md#7). */
  readonly overlap?: Known | undefined;
}

/**
 * Read-only market data of linear perpetuals. Methods that send requests throw PaperdeskError MARKET_UNAVAILABLE, and
 * those with a symbol, written like `BTCUSDT`, SYMBOL_UNKNOWN.
 */
export interface Exchange {
  readonly id: ExchangeId;
  readonly candlesPerRequest: number;
  readonly fundingPerRequest: number;
  /** The symbols that trade, sorted, at most ten minutes old. */
  symbols(): Promise<readonly string[]>;
  /** Does nothing while the exchange does not answer. @throws SYMBOL_UNKNOWN for a symbol that is known not to trade */
  requireTrading(symbol: string): Promise<void>;
  /** Whether a symbol trades; null while the list of symbols is not known, which is then requested. */
  isTrading(symbol: string): boolean | null;
  /** At most `limit` candles from `since` (ms) on, in one request. */
  fetchCandles(
    symbol: string,
    timeframe: Timeframe,
    since: number,
    limit: number,
    options?: RequestOptions<Candle>,
  ): Promise<CandlePage>;
  /** Settlements from `since` (ms) on, at most `limit` of them, and the instant up to which none is missing. */
  fetchFunding(
    symbol: string,
    since: number,
    limit: number,
    options?: RequestOptions<FundingRate>,
  ): Promise<{ readonly funding: readonly FundingRate[]; readonly asOf: number }>;
  /** The last traded price. */
  fetchLastPrice(symbol: string): Promise<number>;
  /** Calls back for each candle that starts; the stream reconnects by itself. */
  watchCandles(
    symbol: string,
    timeframe: Timeframe,
    onCandleStart: (start: CandleStart) => void,
  ): CandleStream;
  /** The earlier of the exchange's and our clock, in ms: a candle closed by then is certainly closed. */
  earliestNow(): number;
  /** The later of both clocks, in ms, for ages. */
  latestNow(): number;
  /** Compares the clocks again if they differed. */
  recheckClock(): Promise<void>;
  status(): ExchangeStatus;
  /** Rejects pending requests; new ones are refused. */
  close(): Promise<void>;
}

/**
 * An exchange through ccxt, which is loaded with the first request.
 * @throws PaperdeskError VALIDATION if the exchange is not supported or only one of its addresses is given
 */
export function createExchange(options: ExchangeOptions): Exchange {
  const { clock, timers, log } = options;
  const { id, traits, client, guard, exchangeClock, weight, proxies, closing } = connect(options);
  const symbols = createSymbols(client, guard, clock);
  const pulse = { at: 0 };
  const subscriptions = createSubscriptions(client, timers, closing.signal);

  const requesting = <T>(what: string, work: () => Promise<T>) => explainFailure(id, what, work);

  /** Requests a list of `symbol`; `request` gets its unified form and the earlier of both clocks. */
  function requestList<T>(
    what: string,
    symbol: string,
    options: { readonly patienceMs?: number } | undefined,
    request: (unified: string, asOf: number) => Promise<readonly T[]>,
  ): Promise<{ readonly list: readonly T[]; readonly asOf: number }> {
    return requesting(`the ${what} of ${symbol}`, async () => {
      const unified = await symbols.resolve(symbol);
      // Before the request: what is closed now is closed in the answer.
      await exchangeClock.measure();
      const asOf = exchangeClock.earliest();
      return { list: await guard.run(() => request(unified, asOf), options), asOf };
    });
  }

  return {
    id,
    candlesPerRequest: traits.candlesPerRequest,
    fundingPerRequest: traits.fundingPerRequest,

    symbols: () => requesting('its symbols', symbols.trading),
    isTrading: symbols.isTrading,

    async requireTrading(symbol) {
      try {
        await requesting('its symbols', () => symbols.requireTrading(symbol));
      } catch (error) {
        if (!(error instanceof PaperdeskError) || error.code !== 'MARKET_UNAVAILABLE') throw error;
        log.warn({ err: error, symbol }, 'a symbol could not be verified; it is used as it is');
      }
    },

    async fetchCandles(symbol, timeframe, since, limit, options) {
      const count = Math.min(limit, traits.candlesPerRequest);
      const { list, asOf } = await requestList(
        `${timeframe} candles`,
        symbol,
        options,
        async (unified, asOf) => {
          const rows = await client.fetchOHLCV(unified, timeframe, since, count);
          const candles = candlesOfRows(rows, timeframe, exchangeClock.latest());
          checkCandles(candles, { timeframe, since, asOf, overlap: options?.overlap });
          return candles;
        },
      );
      const { closed, forming } = splitAtClose(list, timeframe, asOf);
      return { closed, forming: forming && { openTime: forming.openTime, open: forming.open }, asOf };
    },

    async fetchFunding(symbol, since, limit, options) {
      const count = Math.min(limit, traits.fundingPerRequest);
      const { list, asOf } = await requestList('funding rates', symbol, options, async (unified, asOf) => {
        const entries = await client.fetchFundingRateHistory(unified, since, count);
        const rates = fundingOfEntries(entries, unified, exchangeClock.latest());
        checkFunding(rates, { since, asOf, overlap: options?.overlap });
        return rates;
      });
      return { funding: list, asOf };
    },

    fetchLastPrice(symbol) {
      return requesting(`the price of ${symbol}`, async () => {
        const unified = await symbols.resolve(symbol);
        return guard.run(async () => priceOf(await client.fetchTicker(unified), unified));
      });
    },

    watchCandles(symbol, timeframe, onCandleStart) {
      return openCandleStream({
        ...{ client, symbol, timeframe, onCandleStart, pulse, timers, log, closing: closing.signal },
        async resolve() {
          const unified = await symbols.resolve(symbol);
          await subscriptions.ended(unified, timeframe);
          return unified;
        },
        leave: (unified) => subscriptions.leave(unified, timeframe),
        exchangeTime: () =>
          exchangeClock.status().skewMs === null
            ? null
            : { earliest: exchangeClock.earliest(), latest: exchangeClock.latest() },
      });
    },

    earliestNow: () => exchangeClock.earliest(),
    latestNow: () => exchangeClock.latest(),
    async recheckClock() {
      if (exchangeClock.status().bad) await requesting('its time', () => exchangeClock.measure());
    },
    status: () => ({
      ...{ id, proxies, ...guard.status() },
      clock: exchangeClock.status(),
      weight: weight() ?? null,
    }),
    async close() {
      closing.abort();
      // ccxt would wait for a server that hangs.
      cutConnections(client);
      await client.close();
    },
  };
}
