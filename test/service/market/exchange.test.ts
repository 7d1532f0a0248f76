import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ExchangeOptions } from '../../../src/market/exchange/connect.ts';
import { createExchange } from '../../../src/market/exchange/exchange.ts';
import { silentLog } from '../../helper/log.ts';
import { CANDLE, MINUTE, testRecording, walk } from '../../helper/market.ts';
import { startTestMarket } from '../../helper/test-market.ts';
import { acceleratedTimers, manualClock } from '../../helper/time.ts';

const NOW = Date.UTC(2025, 10, 27, 10, 31);
const OPEN = Date.UTC(2025, 10, 27, 10, 30);

async function connect(options: Partial<ExchangeOptions>) {
  const exchange = createExchange({
    id: 'binanceusdm',
    clock: manualClock(NOW),
    timers: acceleratedTimers(10),
    log: silentLog,
    limits: { headersMs: 20_000, totalMs: 30_000, bytes: 8 * 1024 * 1024 },
    throttle: false,
    ...options,
  });
  onTestFinished(() => exchange.close());
  return exchange;
}

/** Connects to a server that answers every request with `listener`. */
async function connectTo(listener: RequestListener, options: Partial<ExchangeOptions> = {}) {
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
  test('are closed by the exchange’s clock; of the forming one only the open is returned', async () => {
    const { exchange } = await startTestMarket({ now: NOW });
    const page = await exchange.fetchCandles('BTCUSDT', '15m', OPEN - 3 * CANDLE, 10);
    expect(page.closed.map(({ openTime }) => (OPEN - openTime) / CANDLE)).toEqual([3, 2, 1]);
    const [recorded] = (await testRecording()).candles.filter(({ openTime }) => openTime === OPEN);
    expect(page.forming).toEqual({ openTime: OPEN, open: recorded?.open });
    expect(page.asOf).toBe(NOW);
  });

  test.each(['3m', '15m', '30m', '1h', '4h', '1d'] as const)('exist in %s', async (timeframe) => {
    const { exchange } = await startTestMarket({ now: NOW });
    const { closed } = await exchange.fetchCandles('BTCUSDT', timeframe, NOW - 5 * 24 * 60 * MINUTE, 100);
    expect(closed.length).toBeGreaterThan(3);
  });

  test('agree with the last price and the symbols', async () => {
    const { exchange } = await startTestMarket({ now: NOW });
    const { forming } = await exchange.fetchCandles('BTCUSDT', '15m', OPEN, 2);
    const price = await exchange.fetchLastPrice('BTCUSDT');
    expect(Math.abs(price / (forming?.open ?? 0) - 1)).toBeLessThan(0.01);
    expect(await exchange.symbols()).toEqual(['BTCUSDT']);
  });

  test('come with funding, and the time up to which none is missing', async () => {
    const { exchange } = await startTestMarket({ now: NOW });
    const { funding, asOf } = await exchange.fetchFunding('BTCUSDT', NOW - 24 * 60 * MINUTE, 10);
    expect(funding.map(({ time }) => new Date(time).getUTCHours())).toEqual([16, 0, 8]);
    expect(asOf).toBe(NOW);
  });
});

describe('the list of symbols', () => {
  test('is requested again after a failure', async () => {
    const { exchange, server } = await startTestMarket({ now: NOW });
    server.faults.add({ endpoint: 'exchangeInfo', fault: { kind: 'status', status: 500 }, times: 3 });
    expect(await exchange.symbols()).toEqual(['BTCUSDT']);
  });

  test('is requested again for an unknown symbol, but only after ten minutes', async () => {
    const recordings = [await testRecording(), walk({ start: OPEN - 10 * CANDLE, count: 20 })];
    const { exchange, requests, clock } = await startTestMarket({ now: NOW, recording: recordings });
    const listRequests = () => requests.filter(({ endpoint }) => endpoint === 'exchangeInfo').length;
    const unknown = { code: 'SYMBOL_UNKNOWN' };
    await expect(exchange.fetchLastPrice('SOLUSDT')).rejects.toMatchObject(unknown);
    await expect(exchange.fetchLastPrice('SOLUSDT')).rejects.toMatchObject(unknown);
    expect(listRequests()).toBe(1);
    clock.advance(10 * MINUTE);
    await expect(exchange.fetchLastPrice('SOLUSDT')).rejects.toMatchObject(unknown);
    expect(listRequests()).toBe(2);
  });
});

describe('an exchange that cannot be used is MARKET_UNAVAILABLE with a sentence', () => {
  test.each<[string, RequestListener, string]>([
    ['closes the connection', (request) => request.socket.destroy(), 'is not reachable'],
    [
      'sends HTML',
      (_request, response) => response.end('<html>\u0007down'),
      'begin with "<html> down" instead of JSON',
    ],
    [
      'sends an empty response',
      (_request, response) => response.end(),
      'answered with nothing instead of JSON (HTTP 200)',
    ],
    [
      'sends JSON that is no list of symbols',
      (_request, response) => response.end('[1]'),
      'the list of symbols is empty',
    ],
    [
      'redirects',
      (_request, response) => response.writeHead(302, { location: '/' }).end('{}'),
      'redirects (HTTP 302)',
    ],
    [
      'blocks the country',
      (_request, response) => response.writeHead(451).end('{}'),
      'does not serve the country of this address (HTTP 451): set EXCHANGE_PROXY to a proxy in a country that it serves',
    ],
    [
      'bans the address',
      (_request, response) => response.writeHead(418, { 'retry-after': '90' }).end(),
      'banned for a while (HTTP 418)',
    ],
    ['sends without end', endless, 'the answer is larger than 8388608 bytes'],
  ])('one that %s', async (_name, listener, words) => {
    const exchange = await connectTo(listener);
    const request = exchange.fetchCandles('BTCUSDT', '15m', OPEN, 1);
    await expect(request).rejects.toMatchObject({ code: 'MARKET_UNAVAILABLE' });
    await expect(request).rejects.toThrow('binanceusdm did not give the 15m candles of BTCUSDT: ');
    await expect(request).rejects.toThrow(words);
    expect(exchange.status().lastError?.message).toContain(words);
  });

  test.each<[string, RequestListener, string]>([
    ['never answers', () => {}, 'did not answer within 150 ms'],
    [
      'never finishes its response',
      (_request, response) => response.write('['),
      'did not finish its answer within 400 ms',
    ],
  ])('one that %s', async (_name, listener, words) => {
    const exchange = await connectTo(listener, { limits: { headersMs: 150, totalMs: 400, bytes: 1000 } });
    await expect(exchange.symbols()).rejects.toThrow(words);
  });

  test('the time to wait is passed on', async () => {
    const exchange = await connectTo((_request, response) =>
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
