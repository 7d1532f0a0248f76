import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import type { Fault } from '../../../simulator/faults.ts';
import { type RecordedExchangeOptions, startRecordedExchange } from '../../../simulator/server.ts';
import { CANDLE, MINUTE, testRecording } from '../../helper/market.ts';
import { manualClock } from '../../helper/time.ts';

const NOW = Date.UTC(2025, 10, 20, 12, 7);
const OPEN = Date.UTC(2025, 10, 20, 12);

async function start(options: Partial<RecordedExchangeOptions> = {}) {
  const server = await startRecordedExchange({
    recording: await testRecording(),
    clock: () => NOW,
    ...options,
  });
  onTestFinished(() => server.close());
  const get = async (path: string) => {
    const response = await fetch(server.restUrl + path);
    return { status: response.status, headers: response.headers, body: (await response.json()) as never };
  };
  return { server, get };
}

/** Every nth row's open time, in candles before the one that forms. */
const back = (rows: number[][]) => rows.map(([openTime = 0]) => (OPEN - openTime) / CANDLE);

describe('klines', () => {
  const of = (query: string) => `/fapi/v1/klines?symbol=BTCUSDT&interval=15m${query}`;

  test('have twelve columns, prices as strings, and the forming candle last', async () => {
    const { get } = await start();
    const { body } = await get(of('&limit=2'));
    const [closed, forming] = body as (string | number)[][];
    expect(closed).toHaveLength(12);
    expect(closed?.slice(0, 2)).toEqual([OPEN - CANDLE, expect.stringMatching(/^\d+\.\d$/)]);
    expect(forming?.[0]).toBe(OPEN);
    expect(forming?.[6]).toBe(OPEN + CANDLE - 1);
  });

  test.each([
    ['the newest 500 by default', '', 500, [499, 0]],
    ['the newest with a limit', '&limit=3', 3, [2, 0]],
    ['from a start, oldest first', `&limit=3&startTime=${OPEN - 9 * CANDLE}`, 3, [9, 7]],
    ['from a start between two candles', `&limit=3&startTime=${OPEN - 9 * CANDLE + 1}`, 3, [8, 6]],
    ['up to an end, newest', `&limit=3&endTime=${OPEN - 9 * CANDLE}`, 3, [11, 9]],
    ['between both', `&startTime=${OPEN - 9 * CANDLE}&endTime=${OPEN - 5 * CANDLE - 1}`, 4, [9, 6]],
    ['none from the future', `&startTime=${OPEN + CANDLE}`, 0, []],
    ['1500 at most', '&limit=1500', 1500, [1499, 0]],
  ])('%s', async (_name, query, count, [oldest, newest]) => {
    const { get } = await start();
    const { body } = await get(of(query));
    const candles = back(body);
    expect(candles).toHaveLength(count);
    expect([candles[0], candles.at(-1)]).toEqual([oldest, newest]);
  });

  test.each([
    ['an unknown symbol', '/fapi/v1/klines?symbol=NOPE&interval=15m', 400, -1121],
    ['no symbol', '/fapi/v1/klines?interval=15m', 400, -1102],
    ['an interval that cannot be made', '/fapi/v1/klines?symbol=BTCUSDT&interval=1m', 400, -1120],
    [
      'an interval that is a word of JavaScript',
      '/fapi/v1/klines?symbol=BTCUSDT&interval=constructor',
      400,
      -1120,
    ],
    ['too high a limit', of('&limit=1501'), 400, -1130],
    ['a limit that is no number', of('&limit=many'), 400, -1100],
    ['a start after the end', of('&startTime=2&endTime=1'), 400, -1023],
    ['an unknown path', '/fapi/v1/account', 404, -5000],
    ['a path that is a word of JavaScript', '/__proto__', 404, -5000],
  ])('refuse %s', async (_name, path, status, code) => {
    const { get } = await start();
    expect(await get(path)).toMatchObject({ status, body: { code } });
  });
});

describe('the weight of requests', () => {
  test.each([
    [99, 1],
    [100, 2],
    [499, 2],
    [500, 5],
    [1000, 5],
    [1001, 10],
  ])('%d klines: %d', async (limit, weight) => {
    const { server, get } = await start();
    const { headers } = await get(`/fapi/v1/klines?symbol=BTCUSDT&interval=15m&limit=${limit}`);
    expect(headers.get('x-mbx-used-weight-1m')).toBe(String(weight));
    expect(server.usedWeight).toBe(weight);
  });

  test('beyond 2400 a minute is answered with 429, until the next minute', async () => {
    const clock = manualClock(NOW);
    const { get } = await start({ clock });
    const heavy = `/fapi/v1/klines?symbol=BTCUSDT&interval=15m&limit=1001&startTime=${NOW + MINUTE}`;
    for (let request = 0; request < 240; request += 1) await get(heavy);
    const refused = await get('/fapi/v1/ping');
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('60');
    clock.advance(MINUTE);
    expect((await get('/fapi/v1/ping')).status).toBe(200);
  });
});

describe('other endpoints', () => {
  test('time and date are the clock', async () => {
    const { get } = await start();
    const { body, headers } = await get('/fapi/v1/time');
    expect(body).toEqual({ serverTime: NOW });
    expect(headers.get('date')).toBe(new Date(NOW).toUTCString());
  });

  test('funding rates are given oldest first, with a limit', async () => {
    const { get } = await start();
    const { body } = await get(`/fapi/v1/fundingRate?symbol=BTCUSDT&startTime=${NOW - 86_400_000}&limit=2`);
    expect(body).toMatchObject([
      {
        symbol: 'BTCUSDT',
        fundingTime: Date.UTC(2025, 10, 19, 16),
        fundingRate: expect.stringMatching(/^-?0\.\d{8}$/),
      },
      { symbol: 'BTCUSDT', fundingTime: Date.UTC(2025, 10, 20) },
    ]);
  });

  test('premium index and ticker show the forming price', async () => {
    const { get } = await start();
    const { body: candles } = await get('/fapi/v1/klines?symbol=BTCUSDT&interval=3m&limit=1');
    const price = (candles as string[][])[0]?.[4];
    expect((await get('/fapi/v1/premiumIndex?symbol=BTCUSDT')).body).toMatchObject({ markPrice: price });
    expect((await get('/fapi/v1/ticker/24hr?symbol=BTCUSDT')).body).toMatchObject({ lastPrice: price });
  });
});

describe('scripted faults', () => {
  const path = '/fapi/v1/klines?symbol=BTCUSDT&interval=15m&limit=10';

  test('come after as many answers as scripted, as often as scripted, and only there', async () => {
    const { server, get } = await start();
    server.faults.add({ endpoint: 'klines', fault: { kind: 'status', status: 503 }, after: 1, times: 2 });
    const statuses: number[] = [];
    for (let request = 0; request < 4; request += 1) {
      await get('/fapi/v1/time');
      statuses.push((await get(path)).status);
    }
    expect(statuses).toEqual([200, 503, 503, 200]);
    expect(server.faults.pending).toBe(0);
  });

  const rows: [Fault, number[]][] = [
    [{ kind: 'empty' }, []],
    [{ kind: 'duplicated' }, [9, 9, 8, 8, 7, 7, 6, 6, 5, 5, 4, 4, 3, 3, 2, 2, 1, 1, 0, 0]],
    [{ kind: 'unsorted' }, [4, 3, 2, 1, 0, 9, 8, 7, 6, 5]],
    [{ kind: 'future' }, [9, 8, 7, 6, 5, 4, 3, 2, 1, 0, -96]],
    [{ kind: 'gap', from: OPEN - 8 * CANDLE, to: OPEN - 2 * CANDLE }, [9, 1, 0]],
    [{ kind: 'clock', offsetMs: -CANDLE }, [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]],
  ];
  test.each(rows.map(([fault, expected]) => [fault.kind, fault, expected] as const))(
    '%s',
    async (_kind, fault, expected) => {
      const { get } = await start({ faults: [{ endpoint: '*', fault }] });
      expect(back((await get(path)).body)).toEqual(expected);
    },
  );

  test('overlapping begins earlier than asked', async () => {
    const { get } = await start({ faults: [{ endpoint: 'klines', fault: { kind: 'overlapping' } }] });
    const { body } = await get(`${path}&startTime=${OPEN - 5 * CANDLE}`);
    expect(back(body)[0]).toBe(8);
  });

  test.each([
    ['truncated', { kind: 'truncated' }],
    ['reset', { kind: 'reset' }],
    ['reset in the middle', { kind: 'reset', midBody: true }],
    ['html', { kind: 'html' }],
  ] as const)('%s cannot be read', async (_name, fault) => {
    const { get } = await start({ faults: [{ endpoint: 'klines', fault }] });
    await expect(get(path)).rejects.toThrow();
    expect((await get(path)).status).toBe(200);
  });

  test('a slow answer comes whole in the end', async () => {
    const { get } = await start({
      faults: [{ endpoint: 'klines', fault: { kind: 'drip', bytes: 400, everyMs: 5 } }],
    });
    expect(back((await get(path)).body)).toHaveLength(10);
  });
});

describe('the kline stream', () => {
  async function connect(server: { wsUrl: string }, path: string) {
    const socket = new WebSocket(server.wsUrl + path);
    onTestFinished(() => socket.terminate());
    const messages: Record<string, never>[] = [];
    socket.on('message', (data) => messages.push(JSON.parse(String(data))));
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return { socket, messages };
  }
  const klines = (messages: Record<string, { t: number; x: boolean }>[]) =>
    messages.flatMap(({ k }) => (k === undefined ? [] : [[(k.t - OPEN) / MINUTE, k.x]]));

  test('announces every candle once when it closes, in order, and shows the forming one', async () => {
    const clock = manualClock(OPEN + MINUTE);
    const { server } = await start({ clock, pushEveryMs: 5 });
    const { socket, messages } = await connect(server, '/market/ws/0');
    socket.send(
      JSON.stringify({ method: 'SUBSCRIBE', params: ['btcusdt@kline_3m', 'nope@kline_3m'], id: 7 }),
    );
    await expect.poll(() => messages[0]).toEqual({ result: null, id: 7 });
    await expect.poll(() => klines(messages).length).toBeGreaterThan(0);
    // Three candles close between two pushes.
    clock.advance(9 * MINUTE);
    await expect.poll(() => klines(messages).at(-1)).toEqual([9, false]);
    expect(klines(messages).filter(([, closed]) => closed)).toEqual([
      [0, true],
      [3, true],
      [6, true],
    ]);
  });

  test('names its streams when they are combined', async () => {
    const { server } = await start({ pushEveryMs: 5 });
    const { messages } = await connect(server, '/stream?streams=btcusdt@kline_15m/btcusdt@kline_3m');
    await expect.poll(() => new Set(messages.map(({ stream }) => stream)).size).toBe(2);
    expect(messages[0]).toMatchObject({ data: { e: 'kline', s: 'BTCUSDT', k: { i: '15m', x: false } } });
  });

  test('falls silent, comes back and can be cut', async () => {
    const { server } = await start({ pushEveryMs: 5 });
    const { socket, messages } = await connect(server, '/ws/btcusdt@kline_3m');
    await expect.poll(() => messages.length).toBeGreaterThan(0);
    server.stream.silence();
    // What was on its way is here when the pong is.
    socket.ping();
    await once(socket, 'pong');
    const heard = messages.length;
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(messages.length).toBe(heard);
    server.stream.resume();
    await expect.poll(() => messages.length).toBeGreaterThan(heard);
    server.stream.disconnect();
    await expect.poll(() => socket.readyState).toBe(WebSocket.CLOSED);
    expect(server.stream.connections).toBe(0);
  });

  test('survives messages that are no JSON, and paths that do not exist', async () => {
    const { server } = await start({ pushEveryMs: 5 });
    const { socket, messages } = await connect(server, '/ws');
    for (const text of ['{', 'null', '[]', '{"method":1}', '{"method":"SUBSCRIBE","params":{"length":1e9}}'])
      socket.send(text);
    await expect.poll(() => messages.length).toBe(5);
    expect(messages[0]).toMatchObject({ error: { code: 3 } });
    await expect(connect(server, '/other')).rejects.toThrow('404');
  });
});
