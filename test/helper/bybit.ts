import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Recording } from '../../simulator/recording.ts';
import { createReplay, type Replay } from '../../simulator/replay.ts';
import { type Candle, TIMEFRAME_MS, type Timeframe } from '../../src/candle.ts';

/** Bybit writes intervals in minutes, and days as `D`. */
const TIMEFRAMES: Readonly<Record<string, Timeframe>> = {
  '1': '1m',
  '3': '3m',
  '5': '5m',
  '15': '15m',
  '30': '30m',
  '60': '1h',
  '120': '2h',
  '240': '4h',
  D: '1d',
};

export interface Bybit {
  readonly restUrl: string;
  readonly wsUrl: string;
  /** Path and query of every request. */
  readonly requests: URL[];
  /** Topics that are sent. */
  readonly subscriptions: () => readonly string[];
}

/** A server with Bybit's v5 API for linear perpetuals that replays a recording. */
export async function startBybit(recording: Recording, clock: () => number): Promise<Bybit> {
  const replay = createReplay(recording);
  const requests: URL[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    requests.push(url);
    const result = resultOf(replay, url, clock());
    const body = result ?? { retCode: 10001, retMsg: 'params error', result: {} };
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify(
        result === undefined
          ? { ...body, retExtInfo: {}, time: clock() }
          : { retCode: 0, retMsg: 'OK', result, retExtInfo: {}, time: clock() },
      ),
    );
  });
  const sockets = new WebSocketServer({ server });
  const timers = new Map<string, NodeJS.Timeout>();
  sockets.on('connection', (socket) => {
    socket.on('message', (data) => {
      const {
        op,
        args = [],
        req_id,
      } = JSON.parse(String(data)) as { op: string; args?: string[]; req_id?: string };
      socket.send(
        JSON.stringify({ success: true, ret_msg: op === 'ping' ? 'pong' : '', op, req_id, conn_id: '1' }),
      );
      for (const topic of args) {
        clearInterval(timers.get(topic));
        if (op === 'subscribe') timers.set(topic, push(socket, replay, topic, clock));
        else timers.delete(topic);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const timer of timers.values()) clearInterval(timer);
    for (const client of sockets.clients) client.terminate();
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    restUrl: `http://127.0.0.1:${port}`,
    wsUrl: `ws://127.0.0.1:${port}`,
    requests,
    subscriptions: () => [...timers.keys()],
  };
}

function resultOf(replay: Replay, { pathname, searchParams }: URL, now: number): unknown {
  const number = (name: string) => (searchParams.has(name) ? Number(searchParams.get(name)) : undefined);
  const list = { category: 'linear', symbol: replay.symbol };
  switch (pathname) {
    case '/v5/market/time':
      return { timeSecond: String(Math.floor(now / 1000)), timeNano: `${now}000000` };
    case '/v5/market/instruments-info':
      return {
        ...list,
        list: searchParams.get('status') === 'PreLaunch' ? [] : [instrumentOf(replay)],
        nextPageCursor: '',
      };
    case '/v5/market/kline': {
      const timeframe = TIMEFRAMES[searchParams.get('interval') ?? ''];
      if (timeframe === undefined || searchParams.get('symbol') !== replay.symbol) return undefined;
      const query = { from: number('start'), to: number('end'), limit: number('limit') ?? 200, now };
      return { ...list, list: replay.candles(timeframe, query).map(rowOf).reverse() };
    }
    case '/v5/market/funding/history': {
      const query = { from: undefined, to: number('endTime'), limit: number('limit') ?? 200, now };
      const since = number('startTime') ?? 0;
      const rates = replay.funding({ ...query, limit: 1e6, from: since }).slice(-query.limit);
      return {
        ...list,
        list: rates
          .map(({ time, rate }) => ({
            symbol: replay.symbol,
            fundingRate: rate.toFixed(8),
            fundingRateTimestamp: String(time),
          }))
          .reverse(),
      };
    }
    case '/v5/market/tickers': {
      const [candle] = replay.candles('3m', { from: undefined, to: undefined, limit: 1, now });
      return { ...list, list: [{ symbol: replay.symbol, lastPrice: String(candle?.close) }] };
    }
    default:
      return undefined;
  }
}

function rowOf({ openTime, open, high, low, close, volume }: Candle): string[] {
  return [openTime, open, high, low, close, volume, 0].map(String);
}

function instrumentOf(replay: Replay) {
  const [, baseCoin] = /^(.+)USDT$/.exec(replay.symbol) as unknown as [string, string];
  return {
    symbol: replay.symbol,
    contractType: 'LinearPerpetual',
    status: 'Trading',
    baseCoin,
    quoteCoin: 'USDT',
    settleCoin: 'USDT',
    launchTime: '1585526400000',
    deliveryTime: '0',
    deliveryFeeRate: '',
    priceScale: '2',
    leverageFilter: { minLeverage: '1', maxLeverage: '100.00', leverageStep: '0.01' },
    priceFilter: { minPrice: '0.10', maxPrice: '1999999.80', tickSize: '0.10' },
    lotSizeFilter: { maxOrderQty: '1190.000', minOrderQty: '0.001', qtyStep: '0.001' },
    unifiedMarginTrade: true,
    fundingInterval: 480,
  };
}

/** At 200 times the speed twenty times a 3m candle; more often only takes processor time. */
export const PUSH_EVERY_MS = 45;

/** Sends every candle of a topic when it closes, and the forming one repeatedly. */
function push(socket: WebSocket, replay: Replay, topic: string, clock: () => number): NodeJS.Timeout {
  const interval = topic.split('.')[1] ?? '';
  const timeframe = TIMEFRAMES[interval] ?? '1d';
  const step = TIMEFRAME_MS[timeframe];
  let next = Math.floor(clock() / step) * step;
  return setInterval(() => {
    const now = clock();
    for (const candle of replay.candles(timeframe, { from: next, to: undefined, limit: 100, now })) {
      const confirm = candle.openTime + step <= now;
      const { openTime, open, high, low, close, volume } = candle;
      const data = {
        ...{ start: openTime, end: openTime + step - 1, interval, confirm, timestamp: now, turnover: '0' },
        ...{ open: String(open), high: String(high), low: String(low), close: String(close) },
        volume: String(volume),
      };
      socket.send(JSON.stringify({ topic, data: [data], ts: now, type: 'snapshot' }));
      if (confirm) next = openTime + step;
    }
  }, PUSH_EVERY_MS);
}
