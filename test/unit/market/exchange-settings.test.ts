import { describe, expect, test } from 'vitest';
import { withHosts } from '../../../src/market/exchange/ccxt-client.ts';
import type { ExchangeOptions } from '../../../src/market/exchange/connect.ts';
import { createExchange } from '../../../src/market/exchange/exchange.ts';
import { retryAfterMs } from '../../../src/market/exchange/transport.ts';
import { silentLog } from '../../helper/log.ts';
import { instantTimers, manualClock } from '../../helper/time.ts';

async function create(options: Partial<ExchangeOptions>) {
  return createExchange({
    id: 'binanceusdm',
    clock: manualClock(Date.UTC(2025, 10, 27, 10, 31)),
    timers: instantTimers(),
    log: silentLog,
    limits: { headersMs: 20_000, totalMs: 30_000, bytes: 8 * 1024 * 1024 },
    throttle: false,
    ...options,
  });
}

describe('settings', () => {
  test('name an exchange on the list', async () => {
    await expect(create({ id: 'nasdaq' })).rejects.toThrow(
      'EXCHANGE=nasdaq is not one of binanceusdm, bybit.',
    );
    await expect(create({ id: '__proto__' })).rejects.toMatchObject({ code: 'VALIDATION' });
    await expect(create({ id: '../../../etc/passwd' })).rejects.toMatchObject({ code: 'VALIDATION' });
  });

  test('give both addresses or none', async () => {
    await expect(create({ restUrl: 'http://127.0.0.1:1' })).rejects.toThrow('must be given together');
    await expect(create({ wsUrl: 'ws://127.0.0.1:1' })).rejects.toThrow('must be given together');
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
