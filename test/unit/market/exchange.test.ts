import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { withHosts } from '../../../src/market/exchange/ccxt-client.ts';
import { createExchange, type ExchangeOptions } from '../../../src/market/exchange/exchange.ts';
import { retryAfterMs } from '../../../src/market/exchange/transport.ts';
import {
  CANDLE,
  MINUTE,
  manualClock,
  openDesk,
  quickTimers,
  shippedRecording,
  silentLog,
  walk,
} from '../../helper/market.ts';

const NOW = Date.UTC(2025, 10, 27, 10, 31);
const OPEN = Date.UTC(2025, 10, 27, 10, 30);

async function connect(options: Partial<ExchangeOptions>) {
  const exchange = createExchange({
    id: 'binanceusdm',
    clock: manualClock(NOW),
    timers: quickTimers,
    log: silentLog,
    limits: { headersMs: 20_000, totalMs: 30_000, bytes: 8 * 1024 * 1024 },
    throttle: false,
    ...options,
  });
  onTestFinished(() => exchange.close());
  return exchange;
}

/** An exchange that answers every request as `listener` does. */
async function against(listener: RequestListener, options: Partial<ExchangeOptions> = {}) {
  const server = createServer(listener);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return connect({ restUrl: `http://127.0.0.1:${port}`, wsUrl: `ws://127.0.0.1:${port}`, ...options });
}

describe('candles through ccxt', () => {
  test('are closed up to the exchange’s clock; of the forming one only the open is told', async () => {
    const { exchange } = await openDesk({ now: NOW });
    const page = await exchange.fetchCandles('BTCUSDT', '15m', OPEN - 3 * CANDLE, 10);
    expect(page.closed.map(({ openTime }) => (OPEN - openTime) / CANDLE)).toEqual([3, 2, 1]);
    const [recorded] = (await shippedRecording()).candles.filter(({ openTime }) => openTime === OPEN);
    expect(page.forming).toEqual({ openTime: OPEN, open: recorded?.open });
    expect(page.asOf).toBe(NOW);
  });

  test.each(['3m', '15m', '30m', '1h', '4h', '1d'] as const)('come in %s', async (timeframe) => {
    const { exchange } = await openDesk({ now: NOW });
    const { closed } = await exchange.fetchCandles('BTCUSDT', timeframe, NOW - 5 * 24 * 60 * MINUTE, 100);
    expect(closed.length).toBeGreaterThan(3);
  });

  test('and the last price and the symbols', async () => {
    const { exchange } = await openDesk({ now: NOW });
    const { forming } = await exchange.fetchCandles('BTCUSDT', '15m', OPEN, 2);
    const price = await exchange.fetchLastPrice('BTCUSDT');
    expect(Math.abs(price / (forming?.open ?? 0) - 1)).toBeLessThan(0.01);
    expect(await exchange.symbols()).toEqual(['BTCUSDT']);
  });

  test('and funding, with the instant up to which none is missing', async () => {
    const { exchange } = await openDesk({ now: NOW });
    const { funding, asOf } = await exchange.fetchFunding('BTCUSDT', NOW - 24 * 60 * MINUTE, 10);
    expect(funding.map(({ time }) => new Date(time).getUTCHours())).toEqual([16, 0, 8]);
    expect(asOf).toBe(NOW);
  });
});

describe('the list of symbols', () => {
  test('that could not be had is asked for again', async () => {
    const { exchange, server } = await openDesk({ now: NOW });
    server.faults.add({ endpoint: 'exchangeInfo', fault: { kind: 'status', status: 500 }, times: 3 });
    expect(await exchange.symbols()).toEqual(['BTCUSDT']);
  });

  test('is asked for once more when a symbol is not in it, but only after ten minutes', async () => {
    const recordings = [await shippedRecording(), walk({ start: OPEN - 10 * CANDLE, count: 20 })];
    const { exchange, requests, clock } = await openDesk({ now: NOW, recording: recordings });
    const asked = () => requests.filter(({ endpoint }) => endpoint === 'exchangeInfo').length;
    const unknown = { code: 'SYMBOL_UNKNOWN' };
    await expect(exchange.fetchLastPrice('SOLUSDT')).rejects.toMatchObject(unknown);
    await expect(exchange.fetchLastPrice('SOLUSDT')).rejects.toMatchObject(unknown);
    expect(asked()).toBe(1);
    clock.advance(10 * MINUTE);
    await expect(exchange.fetchLastPrice('SOLUSDT')).rejects.toMatchObject(unknown);
    expect(asked()).toBe(2);
  });
});

describe('an exchange that cannot be used is MARKET_UNAVAILABLE in words', () => {
  test.each<[string, RequestListener, string]>([
    ['closes the door', (request) => request.socket.destroy(), 'is not reachable'],
    [
      'speaks HTML',
      (_request, response) => response.end('<html>\u0007down'),
      'begin with "<html> down" instead of JSON',
    ],
    [
      'sends an empty answer',
      (_request, response) => response.end(),
      'answered with nothing instead of JSON (HTTP 200)',
    ],
    [
      'sends JSON that is no list of symbols',
      (_request, response) => response.end('[1]'),
      'the list of symbols is empty',
    ],
    [
      'points elsewhere',
      (_request, response) => response.writeHead(302, { location: '/' }).end('{}'),
      'redirects (HTTP 302)',
    ],
    [
      'bars the country',
      (_request, response) => response.writeHead(451).end('{}'),
      'does not serve this address or country (HTTP 451)',
    ],
    [
      'bans the address',
      (_request, response) => response.writeHead(418, { 'retry-after': '90' }).end(),
      'banned for a while (HTTP 418)',
    ],
    ['sends without end', endless, 'the answer is larger than 8388608 bytes'],
  ])('one that %s', async (_name, listener, words) => {
    const exchange = await against(listener);
    const asking = exchange.fetchCandles('BTCUSDT', '15m', OPEN, 1);
    await expect(asking).rejects.toMatchObject({ code: 'MARKET_UNAVAILABLE' });
    await expect(asking).rejects.toThrow('binanceusdm did not give the 15m candles of BTCUSDT: ');
    await expect(asking).rejects.toThrow(words);
    expect(exchange.status().lastError?.message).toContain(words);
  });

  test.each<[string, RequestListener, string]>([
    ['says nothing', () => {}, 'did not answer within 150 ms'],
    [
      'never finishes',
      (_request, response) => response.write('['),
      'did not finish its answer within 400 ms',
    ],
  ])('one that %s', async (_name, listener, words) => {
    const exchange = await against(listener, { limits: { headersMs: 150, totalMs: 400, bytes: 1000 } });
    await expect(exchange.symbols()).rejects.toThrow(words);
  });

  test('and how long to wait is passed on', async () => {
    const exchange = await against((_request, response) =>
      response.writeHead(429, { 'retry-after': '77' }).end(),
    );
    await expect(exchange.symbols()).rejects.toMatchObject({ retryAfterSeconds: 77 });
    expect(exchange.status().circuit).toMatchObject({
      state: 'open',
      detail: expect.stringContaining('too many requests'),
    });
  });
});

function endless(_request: unknown, response: Parameters<RequestListener>[1]): void {
  const block = Buffer.alloc(1 << 20, 0x20);
  const pump = () => {
    while (!response.destroyed && response.write(block));
  };
  response.on('drain', pump);
  pump();
}

describe('settings', () => {
  test('name an exchange on the list', async () => {
    await expect(connect({ id: 'nasdaq' })).rejects.toThrow(
      'EXCHANGE=nasdaq is not one of binanceusdm, bybit.',
    );
    await expect(connect({ id: '__proto__' })).rejects.toMatchObject({ code: 'VALIDATION' });
    await expect(connect({ id: '../../../etc/passwd' })).rejects.toMatchObject({ code: 'VALIDATION' });
  });

  test('give both addresses or none', async () => {
    await expect(connect({ restUrl: 'http://127.0.0.1:1' })).rejects.toThrow('must be given together');
    await expect(connect({ wsUrl: 'ws://127.0.0.1:1' })).rejects.toThrow('must be given together');
  });

  test('replace the host of every address and keep its path', () => {
    const tree = {
      a: 'https://fapi.binance.com/fapi/v1',
      ws: { b: 'wss://x.{hostname}:9443/ws', c: 7 },
      d: [null],
    };
    expect(withHosts(tree, { restUrl: 'http://127.0.0.1:1/', wsUrl: 'ws://[::1]:2/p' })).toEqual({
      a: 'http://127.0.0.1:1/fapi/v1',
      ws: { b: 'ws://[::1]:2/p/ws', c: 7 },
      d: { 0: null },
    });
  });
});

test.each([
  ['30', 30_000],
  ['0.5', 500],
  ['Thu, 27 Nov 2025 10:32:00 GMT', 60_000],
  ['999999999', 86_400_000],
  ['-1', undefined],
  ['soon', undefined],
  ['', undefined],
])('Retry-After: %s', (value, ms) => {
  const headers = new Headers({ 'retry-after': value, date: 'Thu, 27 Nov 2025 10:31:00 GMT' });
  expect(retryAfterMs(headers)).toBe(ms);
});
