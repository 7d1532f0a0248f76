import { TIMEFRAME_MS, type Timeframe } from '../src/candle.ts';
import type { Endpoint } from './faults.ts';
import { klineRow } from './kline.ts';
import type { Replay } from './replay.ts';

/** The limit that exchangeInfo announces and that the weight of the requests of one minute must not exceed. */
export const WEIGHT_PER_MINUTE = 2400;

/** An answer before it is sent: its status, JSON and request weight. */
export interface RestAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly weight: number;
}

export interface RestRequest {
  readonly endpoint: Endpoint;
  readonly params: URLSearchParams;
  /** The exchange's clock, in ms. */
  readonly now: number;
}

const PATHS: Readonly<Record<string, Endpoint>> = {
  '/fapi/v1/ping': 'ping',
  '/fapi/v1/time': 'time',
  '/fapi/v1/exchangeInfo': 'exchangeInfo',
  '/fapi/v1/klines': 'klines',
  '/fapi/v1/fundingRate': 'fundingRate',
  '/fapi/v1/premiumIndex': 'premiumIndex',
  '/fapi/v1/ticker/24hr': 'ticker',
};

/** The endpoint of a path; undefined for paths that this exchange does not have. */
export function endpointOf(path: string): Endpoint | undefined {
  return Object.hasOwn(PATHS, path) ? PATHS[path] : undefined;
}

/** An error in Binance's format. */
export function refusal(status: number, code: number, message: string): RestAnswer {
  return { status, body: { code, msg: message }, weight: 1 };
}

/** Answers a request from the recordings as Binance USDT-M futures does, including error codes. */
export function answer(replays: ReadonlyMap<string, Replay>, request: RestRequest): RestAnswer {
  const { endpoint, params, now } = request;
  switch (endpoint) {
    case 'ping':
      return { status: 200, body: {}, weight: 1 };
    case 'time':
      return { status: 200, body: { serverTime: now }, weight: 1 };
    case 'exchangeInfo':
      return { status: 200, body: exchangeInfo([...replays.values()], now), weight: 1 };
    default: {
      const symbol = params.get('symbol');
      if (symbol === null || symbol === '') {
        return refusal(
          400,
          -1102,
          "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed.",
        );
      }
      const replay = replays.get(symbol);
      if (replay === undefined) return refusal(400, -1121, 'Invalid symbol.');
      if (endpoint === 'klines') return klines(replay, params, now);
      if (endpoint === 'fundingRate') return fundingRate(replay, params, now);
      if (endpoint === 'premiumIndex') return premiumIndex(replay, now);
      return ticker(replay, now);
    }
  }
}

function klines(replay: Replay, params: URLSearchParams, now: number): RestAnswer {
  const interval = params.get('interval') ?? '';
  if (!Object.hasOwn(TIMEFRAME_MS, interval) || !replay.supports(interval as Timeframe)) {
    return refusal(400, -1120, `Invalid interval. ${intervalsOf(replay, interval)}`);
  }
  const timeframe = interval as Timeframe;
  const range = rangeOf(params, { standard: 500, max: 1500 });
  if ('status' in range) return range;
  const candles = replay.candles(timeframe, { ...range, now });
  const rows = candles.map((candle) => klineRow(candle, timeframe, replay.decimals));
  const weight = range.limit < 100 ? 1 : range.limit < 500 ? 2 : range.limit <= 1000 ? 5 : 10;
  return { status: 200, body: rows, weight };
}

/** What a person can do about an interval that the recording does not have. */
function intervalsOf(replay: Replay, interval: string): string {
  const served = Object.keys(TIMEFRAME_MS).filter((timeframe) => replay.supports(timeframe as Timeframe));
  const missing = Object.hasOwn(TIMEFRAME_MS, interval) ? interval : 'such';
  return (
    `The recorded market has no ${missing} candles, only ${served.join(', ')}. ` +
    'Use a decision_tf and intrabar_tf of these, or the live market.'
  );
}

function fundingRate(replay: Replay, params: URLSearchParams, now: number): RestAnswer {
  const range = rangeOf(params, { standard: 100, max: 1000 });
  if ('status' in range) return range;
  const body = replay.funding({ ...range, now }).map(({ time, rate }) => ({
    symbol: replay.symbol,
    fundingTime: time,
    fundingRate: rate.toFixed(8),
    markPrice: lastPrice(replay, time),
  }));
  return { status: 200, body, weight: 1 };
}

function premiumIndex(replay: Replay, now: number): RestAnswer {
  const price = lastPrice(replay, now);
  const [settled] = replay.funding({ from: undefined, to: undefined, limit: 1, now });
  const body = {
    symbol: replay.symbol,
    markPrice: price,
    indexPrice: price,
    estimatedSettlePrice: price,
    lastFundingRate: (settled?.rate ?? 0).toFixed(8),
    interestRate: '0.00010000',
    nextFundingTime: (settled?.time ?? 0) + 8 * 60 * 60_000,
    time: now,
  };
  return { status: 200, body, weight: 1 };
}

function ticker(replay: Replay, now: number): RestAnswer {
  const price = lastPrice(replay, now);
  const body = { symbol: replay.symbol, lastPrice: price, openTime: now - 86_400_000, closeTime: now };
  return { status: 200, body, weight: 1 };
}

function lastPrice(replay: Replay, now: number): string {
  const timeframe = (Object.keys(TIMEFRAME_MS) as Timeframe[]).find((name) => replay.supports(name)) ?? '1d';
  const [candle] = replay.candles(timeframe, { from: undefined, to: undefined, limit: 1, now });
  return (candle?.close ?? 0).toFixed(replay.decimals.price);
}

type Range = { readonly from: number | undefined; readonly to: number | undefined; readonly limit: number };

function rangeOf(params: URLSearchParams, limits: { standard: number; max: number }): Range | RestAnswer {
  const given: Record<string, number | undefined> = {};
  for (const name of ['startTime', 'endTime', 'limit']) {
    const text = params.get(name);
    if (text === null || text === '') continue;
    if (!/^\d{1,16}$/.test(text))
      return refusal(400, -1100, `Illegal characters found in parameter '${name}'.`);
    given[name] = Number(text);
  }
  const { startTime: from, endTime: to, limit = limits.standard } = given;
  if (limit < 1 || limit > limits.max) {
    return refusal(400, -1130, "Data sent for parameter 'limit' is not valid.");
  }
  if (from !== undefined && to !== undefined && from > to) {
    return refusal(400, -1023, 'Start time is greater than end time.');
  }
  return { from, to, limit };
}

function exchangeInfo(replays: readonly Replay[], now: number): unknown {
  return {
    timezone: 'UTC',
    serverTime: now,
    futuresType: 'U_MARGINED',
    rateLimits: [
      { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: WEIGHT_PER_MINUTE },
    ],
    exchangeFilters: [],
    assets: [{ asset: 'USDT', marginAvailable: true, autoAssetExchange: '-10000' }],
    symbols: replays.map(({ symbol, decimals }) => {
      const [, baseAsset, quoteAsset] = /^(.+?)(USDT|USDC)$/.exec(symbol) ?? [symbol, symbol, 'USDT'];
      const step = (places: number) => (10 ** -places).toFixed(places);
      return {
        symbol,
        pair: symbol,
        contractType: 'PERPETUAL',
        deliveryDate: 4133404800000,
        onboardDate: 1567965420000,
        status: 'TRADING',
        baseAsset,
        quoteAsset,
        marginAsset: quoteAsset,
        pricePrecision: decimals.price,
        quantityPrecision: decimals.volume,
        baseAssetPrecision: 8,
        quotePrecision: 8,
        underlyingType: 'COIN',
        filters: [
          {
            filterType: 'PRICE_FILTER',
            minPrice: step(decimals.price),
            maxPrice: '4529764',
            tickSize: step(decimals.price),
          },
          {
            filterType: 'LOT_SIZE',
            minQty: step(decimals.volume),
            maxQty: '1000',
            stepSize: step(decimals.volume),
          },
        ],
        orderTypes: ['LIMIT', 'MARKET'],
        timeInForce: ['GTC', 'IOC', 'FOK', 'GTX'],
      };
    }),
  };
}
