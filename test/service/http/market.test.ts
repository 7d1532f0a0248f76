import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestService, type TestService } from '../../helper/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.close());

const get = (url: string) => service.app.inject(url);

describe('/market/candles', () => {
  test('returns the newest closed candles of a symbol', async () => {
    const answer = await get('/market/candles?symbol=BTCUSDT&limit=3');
    expect(answer.statusCode).toBe(200);
    const { candles, ...rest } = answer.json();
    expect(rest).toEqual({ symbol: 'BTCUSDT', interval: '15m', market_source: 'recorded' });
    expect(candles).toHaveLength(3);
    expect(candles[2]).toMatchObject({
      open_time: '2026-11-26T00:00:00.000Z',
      close_time: '2026-11-26T00:15:00.000Z',
      filled: false,
    });
  });

  test.each([
    ['3m', 1500],
    ['1h', 200],
    ['1d', 40],
  ])('in %s', async (interval, limit) => {
    const { candles } = (
      await get(`/market/candles?symbol=BTCUSDT&interval=${interval}&limit=${limit}`)
    ).json();
    expect(candles).toHaveLength(limit);
    const times = candles.map(({ open_time }: { open_time: string }) => Date.parse(open_time));
    expect(new Set(times.slice(1).map((time: number, index: number) => time - times[index])).size).toBe(1);
  });

  test('pages back in time', async () => {
    const { candles: known } = (await get('/market/candles?symbol=BTCUSDT&limit=10')).json();
    for (const [before, expected] of [
      [known[5].open_time, known.slice(0, 5)],
      // Within a candle: it opened before.
      [new Date(Date.parse(known[5].open_time) + 1).toISOString(), known.slice(1, 6)],
      ['2100-01-01T00:00:00Z', known.slice(5)],
    ]) {
      const url = `/market/candles?symbol=BTCUSDT&limit=5&before=${before}`;
      expect((await get(url)).json().candles).toEqual(expected);
    }
    const older = (await get('/market/candles?symbol=BTCUSDT&limit=200&before=2026-10-01T00:00:00Z')).json();
    expect(older.candles).toHaveLength(200);
    expect(older.candles.at(-1).open_time).toBe('2026-09-30T23:45:00.000Z');
  });

  test('requests missing candles from the exchange once', async () => {
    const url = '/market/candles?symbol=BTCUSDT&interval=4h&limit=77';
    const first = (await get(url)).json();
    const weight = service.exchange.usedWeight;
    expect((await get(url)).json()).toEqual(first);
    expect(service.exchange.usedWeight).toBe(weight);
  });

  test('returns the same at its older path', async () => {
    const older = await get('/paper/market-data/candles?limit=5');
    expect(older.json()).toEqual((await get('/market/candles?symbol=BTCUSDT&limit=5')).json());
  });

  test.each([
    ['/market/candles', 400, 'VALIDATION'],
    ['/market/candles?symbol=BTCUSDT&interval=7m', 400, 'VALIDATION'],
    ['/market/candles?symbol=BTCUSDT&limit=0', 400, 'VALIDATION'],
    ['/market/candles?symbol=BTCUSDT&limit=1501', 400, 'VALIDATION'],
    ['/market/candles?symbol=BTCUSDT&before=yesterday', 400, 'VALIDATION'],
    ['/market/candles?symbol=BTCUSD', 404, 'SYMBOL_UNKNOWN'],
    ['/market/candles?symbol=%00', 404, 'SYMBOL_UNKNOWN'],
    ['/live-price?symbol=BTCUSD', 404, 'SYMBOL_UNKNOWN'],
  ])('%s is answered %s %s', async (url, status, code) => {
    expect((await get(url)).json()).toMatchObject({ status, code });
  });
});

test('/live-price returns the last price, with at most one request per second', async () => {
  const weight = service.exchange.usedWeight;
  const answers = await Promise.all(Array.from({ length: 20 }, () => get('/live-price?symbol=BTCUSDT')));
  const { price } = answers[0]!.json();
  expect(price).toBeGreaterThan(1000);
  for (const answer of answers) expect(answer.json()).toMatchObject({ symbol: 'BTCUSDT', price });
  expect(service.exchange.usedWeight - weight).toBeLessThanOrEqual(1);
});

test('/market/status shows the state of each symbol', async () => {
  await expect
    .poll(async () => (await get('/market/status')).json().symbols[0].live?.stream.state)
    .toBe('live');
  const answer = await get('/market/status');
  expect(answer.statusCode).toBe(200);
  expect(answer.json()).toMatchObject({
    market_source: 'recorded',
    exchange: {
      id: 'binanceusdm',
      circuit: { state: 'closed' },
      weight: { used: expect.any(Number), per_minute: 2400 },
      last_error: null,
    },
    symbols: [
      {
        symbol: 'BTCUSDT',
        newest_candle_closed_at: '2026-11-26T00:15:00.000Z',
        age_seconds: 60,
        stale: false,
        filled: 0,
        missing_candles: 0,
        gaps: [],
        mismatch_count: 0,
        mismatches: [],
        last_error: null,
        live: { newest_candle_closed_at: '2026-11-26T00:15:00.000Z', last_error: null },
      },
    ],
    consumers: [],
  });
});

test('/metrics has the same numbers', async () => {
  const { body } = await get('/metrics');
  for (const line of [
    /^paperdesk_newest_candle_age_seconds\{symbol="BTCUSDT"\} 60$/m,
    /^paperdesk_window_filled_candles\{symbol="BTCUSDT"\} 0$/m,
    /^paperdesk_mismatched_candles\{symbol="BTCUSDT"\} 0$/m,
    /^paperdesk_stream_live\{symbol="BTCUSDT"\} 1$/m,
    /^paperdesk_received_candles\{symbol="BTCUSDT",by="request"\} \d+$/m,
    /^paperdesk_exchange_weight_limit 2400$/m,
    /^paperdesk_exchange_circuit_open 0$/m,
    /^paperdesk_exchange_clock_skew_seconds /m,
  ]) {
    expect(body).toMatch(line);
  }
});
