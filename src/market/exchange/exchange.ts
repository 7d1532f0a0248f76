import type { Candle, FundingRate, Timeframe } from '../../candle.ts';
import { PaperdeskError } from '../../errors.ts';
import type { Log } from '../../runtime/log.ts';
import { DIRECT, type Outgoing } from '../../runtime/outgoing/outgoing.ts';
import type { Clock, Timers } from '../../runtime/timers.ts';
import { candlesOfRows, checkCandles, checkFunding, fundingOfEntries, splitAtClose } from './answers.ts';
import { type CandleStart, type CandleStream, openCandleStream } from './candle-stream.ts';
import { createLazyClient, cutConnections, type Endpoints } from './ccxt-client.ts';
import { type ClockStatus, createExchangeClock } from './clock.ts';
import { EXCHANGE_IDS, EXCHANGES, type ExchangeId, type ExchangeTraits, isExchangeId } from './exchanges.ts';
import { asExchangeFailure, malformed } from './failure.ts';
import { createRequestGuard, type GuardStatus, type WeightUse } from './request-guard.ts';
import { createSubscriptions } from './subscriptions.ts';
import { createSymbols } from './symbols.ts';
import { createTransport, TRANSPORT_LIMITS, type TransportLimits } from './transport.ts';

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

export interface ExchangeOptions {
  /** ccxt id of a supported exchange. */
  readonly id: string;
  /** Addresses that replace the exchange's own; both or neither. */
  readonly restUrl?: string | undefined;
  readonly wsUrl?: string | undefined;
  /** Without proxies by default. */
  readonly outgoing?: Outgoing;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly limits?: TransportLimits;
  /** Whether ccxt spaces requests by the exchange's rules; true by default. */
  readonly throttle?: boolean;
}

/** The parts of an exchange that send requests. @throws PaperdeskError VALIDATION */
function connect(options: ExchangeOptions) {
  const { id, clock, timers, log, limits = TRANSPORT_LIMITS, outgoing = DIRECT } = options;
  if (!isExchangeId(id)) {
    throw new PaperdeskError('VALIDATION', `EXCHANGE=${id} is not one of ${EXCHANGE_IDS.join(', ')}.`);
  }
  const traits: ExchangeTraits = EXCHANGES[id];
  const closing = new AbortController();
  let lastWeight: WeightUse | undefined;
  const weight = () => lastWeight;
  const noteWeight = (headers: Headers) => {
    lastWeight = weightOf(traits, headers, clock) ?? lastWeight;
  };
  const endpoints = endpointsOf(options);
  const client = createLazyClient({
    id,
    traits,
    endpoints,
    transport: createTransport(outgoing.fetch, limits, noteWeight, closing.signal),
    agentFor: outgoing.agentFor,
    timeoutMs: limits.totalMs + 1000,
    throttle: options.throttle ?? true,
  });
  const guard = createRequestGuard({ clock, timers, log, weight, closing: closing.signal });
  const exchangeClock = createExchangeClock(clock, timers.monotonic, () =>
    guard.run(async () => serverTimeOf(await client.fetchTime())),
  );
  const { restUrl, wsUrl } = endpoints ?? traits;
  const proxies = { rest: outgoing.proxyOf(restUrl), stream: outgoing.proxyOf(wsUrl) };
  return { id, traits, client, guard, exchangeClock, weight, proxies, closing };
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

  /** Converts a failure into a sentence that says what the exchange did not give. */
  async function requesting<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof PaperdeskError) throw error;
      const failure = asExchangeFailure(error);
      const seconds = Math.max(1, Math.ceil((failure.retryAfterMs ?? 5000) / 1000));
      throw new PaperdeskError('MARKET_UNAVAILABLE', `${id} did not give ${what}: ${failure.message}.`, {
        cause: error,
        retryAfterSeconds: seconds,
      });
    }
  }

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
        ...{ client, symbol, timeframe, onCandleStart, pulse, timers, log },
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

function endpointsOf({ restUrl, wsUrl }: ExchangeOptions): Endpoints | undefined {
  if (restUrl === undefined && wsUrl === undefined) return undefined;
  if (restUrl === undefined || wsUrl === undefined) {
    throw new PaperdeskError(
      'VALIDATION',
      'EXCHANGE_REST_URL and EXCHANGE_WS_URL must be given together, else candles would come from two markets.',
    );
  }
  return { restUrl, wsUrl };
}

function weightOf({ weight }: ExchangeTraits, headers: Headers, clock: Clock): WeightUse | undefined {
  const value = weight === undefined ? null : headers.get(weight.header);
  if (weight === undefined || value === null || !/^\d{1,9}$/.test(value)) return undefined;
  return { used: Number(value), perMinute: weight.perMinute, at: clock() };
}

function serverTimeOf(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
  throw malformed('the time of the exchange is not a time in ms');
}

function priceOf(ticker: unknown, unified: string): number {
  const { symbol, last } = (ticker ?? {}) as Record<string, unknown>;
  if (symbol !== unified) throw malformed('the price is of another symbol');
  if (typeof last === 'number' && Number.isFinite(last) && last > 0) return last;
  throw malformed('the last price is not a positive number');
}
