import { describe, expect, test } from 'vitest';
import type { Recording } from '../../../simulator/recording.ts';
import type { StoredCandle } from '../../../src/market/store/candle-repository.ts';
import { DEFAULT_PIPELINE } from '../../../src/pipeline/default-pipeline.ts';
import {
  CANDLE,
  gunzipJson,
  MINUTE,
  recordedWindow,
  rowsOf,
  testRecording,
  walk,
} from '../../helper/market.ts';
import { requestCounts, startTestMarket } from '../../helper/test-market.ts';
import { acceleratedTimers } from '../../helper/time.ts';

interface GoldenCase {
  readonly candles: readonly (readonly number[])[];
  readonly funding: readonly (readonly number[])[];
  readonly last_open_time_ms: number;
  readonly close: number;
}

const WEEK = 7 * 24 * 60 * MINUTE;
const golden = (gunzipJson('golden/alpha.json.gz') as { cases: GoldenCase[] }).cases;
/** A minute after a candle closed, and not after a full hour. */
const NOW = Date.UTC(2025, 10, 27, 10, 31);
const NEWEST = Date.UTC(2025, 10, 27, 10, 15);

const outage = { endpoint: '*', fault: { kind: 'status', status: 503 }, times: 1e9 } as const;

describe('a window', () => {
  test.each(golden.map((window) => [new Date(window.last_open_time_ms).toISOString(), window] as const))(
    'that ends at %s equals the golden one',
    async (_name, expected) => {
      const { history } = await startTestMarket({ now: expected.last_open_time_ms + CANDLE + MINUTE });
      const window = await history.window('BTCUSDT', DEFAULT_PIPELINE);
      expect(rowsOf(window.candles)).toEqual(expected.candles);
      expect(window.funding.map(({ time, rate }) => [time, rate])).toEqual(expected.funding);
      expect(window.close).toBe(expected.close);
      expect(window.closeTime).toBe(expected.last_open_time_ms + CANDLE);
      expect(window.validity).toMatchObject({ ok: true, reason: null, ageMs: MINUTE, filled: 0 });
    },
  );

  test('years later is the same, moved by whole weeks', async () => {
    const moved = 13 * 4 * WEEK;
    const { history } = await startTestMarket({ now: NOW + moved });
    const window = await history.window('BTCUSDT', DEFAULT_PIPELINE);
    const expected = await recordedWindow(NEWEST);
    expect(rowsOf(window.candles)).toEqual(
      expected.map(([time = 0, ...numbers]) => [time + moved, ...numbers]),
    );
  });

  test('of a time in the past is the one of that time', async () => {
    const { history } = await startTestMarket({ now: NOW });
    const window = await history.window('BTCUSDT', DEFAULT_PIPELINE, NOW - WEEK);
    expect(rowsOf(window.candles)).toEqual(await recordedWindow(NEWEST - WEEK));
    expect(window.validity.ok).toBe(true);
  });

  test('has another revision if and only if its content is another', async () => {
    const { history, clock } = await startTestMarket({ now: NOW });
    const first = await history.window('BTCUSDT', DEFAULT_PIPELINE);
    const again = await history.window('BTCUSDT', DEFAULT_PIPELINE);
    clock.advance(CANDLE);
    const next = await history.window('BTCUSDT', DEFAULT_PIPELINE);
    expect(again.revision).toBe(first.revision);
    expect(next.revision).not.toBe(first.revision);
  });
});

describe('requests to the exchange are', () => {
  test('two pages of candles and one of funding for an empty store', async () => {
    const { history, requests } = await startTestMarket({ now: NOW });
    await history.window('BTCUSDT', DEFAULT_PIPELINE);
    expect(requestCounts(requests)).toEqual({
      exchangeInfo: 1,
      time: 1,
      klines: 2,
      ticker: 1,
      fundingRate: 1,
    });
  });

  test('shared by simultaneous readers', async () => {
    const { history, requests } = await startTestMarket({ now: NOW });
    const windows = await Promise.all(
      Array.from({ length: 20 }, () => history.window('BTCUSDT', DEFAULT_PIPELINE)),
    );
    expect(new Set(windows.map(({ revision }) => revision)).size).toBe(1);
    expect(requestCounts(requests)).toMatchObject({ klines: 2, fundingRate: 1 });
  });

  test('none within the same candle', async () => {
    const { history, requests, clock } = await startTestMarket({ now: NOW });
    await history.window('BTCUSDT', DEFAULT_PIPELINE);
    requests.length = 0;
    clock.advance(13 * MINUTE);
    await history.window('BTCUSDT', DEFAULT_PIPELINE);
    expect(requests).toEqual([]);
  });

  test('one for each new candle, and one for funding an hour', async () => {
    const { history, requests, clock } = await startTestMarket({ now: NOW });
    await history.window('BTCUSDT', DEFAULT_PIPELINE);
    const perCandle: Record<string, number>[] = [];
    for (let candle = 1; candle <= 4; candle += 1) {
      requests.length = 0;
      clock.advance(CANDLE);
      const window = await history.window('BTCUSDT', DEFAULT_PIPELINE);
      expect(rowsOf(window.candles)).toEqual(await recordedWindow(NEWEST + candle * CANDLE));
      perCandle.push(requestCounts(requests));
    }
    const withFunding = { time: 1, klines: 1, fundingRate: 1 };
    const without = { time: 1, klines: 1 };
    // The candles that open at 10:30, 10:45, 11:00 (which may have its own settlement) and 11:15.
    expect(perCandle).toEqual([without, without, withFunding, without]);
  });

  test('only for what is missing after a restart', async () => {
    const { history, requests, clock, restart } = await startTestMarket({ now: NOW });
    await history.window('BTCUSDT', DEFAULT_PIPELINE);
    requests.length = 0;
    clock.advance(3 * CANDLE);
    const window = await (await restart()).window('BTCUSDT', DEFAULT_PIPELINE);
    expect(rowsOf(window.candles)).toEqual(await recordedWindow(NEWEST + 3 * CANDLE));
    const klines = requests
      .filter(({ endpoint }) => endpoint === 'klines')
      .map(({ params }) => Object.fromEntries(params));
    expect(klines).toEqual([{ interval: '15m', symbol: 'BTCUSDT', startTime: String(NEWEST), limit: '9' }]);
  });

  test('none after a restart within the same candle', async () => {
    const { history, requests, restart } = await startTestMarket({ now: NOW });
    await history.window('BTCUSDT', DEFAULT_PIPELINE);
    requests.length = 0;
    await (await restart()).window('BTCUSDT', DEFAULT_PIPELINE);
    expect(requests).toEqual([]);
  });

  test('far below the weight limit', async () => {
    const { history, server } = await startTestMarket({ now: NOW });
    await history.window('BTCUSDT', DEFAULT_PIPELINE);
    expect(server.usedWeight).toBeLessThan(30);
  });
});

describe('candles that the exchange lacks', () => {
  const count = 1600;
  const start = NEWEST - (count - 1) * CANDLE;

  function without(...fromNewest: number[]): Recording {
    const missing = new Set(fromNewest.map((back) => NEWEST - back * CANDLE));
    const whole = walk({ start, count: count + 8 });
    return { ...whole, candles: whole.candles.filter(({ openTime }) => !missing.has(openTime)) };
  }
  const range = (first: number, howMany: number) =>
    Array.from({ length: howMany }, (_, index) => first + index);

  test.each([
    ['none', [], true, null, 0],
    ['one 17 candles back', [16], true, null, 1],
    ['one 16 candles back', [15], false, 'GAP', 1],
    ['the one before the newest', [1], false, 'GAP', 1],
    ['8 of the last 1184', range(1176, 8), true, null, 8],
    ['9 of the last 1184', range(1175, 9), false, 'GAP', 9],
    ['120 older than the last 1184', range(1184, 120), true, null, 0],
    ['the first of the window', [1499], true, null, 0],
    ['the first ten of the window and ten before', range(1490, 20), true, null, 0],
  ] as const)('%s', async (_name, missing, ok, reason, filled) => {
    const { history, repository } = await startTestMarket({ now: NOW, recording: without(...missing) });
    const window = await history.window('ETHUSDT', DEFAULT_PIPELINE);
    expect(window.candles).toHaveLength(1500);
    expect(window.validity).toMatchObject({ ok, reason, filled });
    const inWindow = missing.filter((back) => back < 1500);
    const holes = window.candles.filter((candle) => candle.filled);
    expect(holes.map(({ openTime }) => (NEWEST - openTime) / CANDLE).sort((a, b) => a - b)).toEqual(inWindow);
    for (const hole of holes) {
      const before = window.candles.find(({ openTime }) => openTime === hole.openTime - CANDLE);
      if (before !== undefined)
        expect(hole).toMatchObject({
          open: before.close,
          high: before.close,
          close: before.close,
          volume: 0,
        });
    }
    const gaps = await repository.gaps.list('ETHUSDT', '15m');
    expect(gaps.reduce((sum, gap) => sum + gap.candles, 0)).toBe(inWindow.length);
  });

  test('are requested again, less and less often, and replaced once available', async () => {
    const hidden = { from: NEWEST - 40 * CANDLE, to: NEWEST - 31 * CANDLE };
    const { history, repository, server, clock } = await startTestMarket({ now: NOW, recording: without() });
    server.faults.add({ endpoint: 'klines', fault: { kind: 'gap', ...hidden }, times: 1e9 });
    expect((await history.window('ETHUSDT', DEFAULT_PIPELINE)).validity).toMatchObject({
      reason: 'GAP',
      filled: 10,
    });
    clock.advance(CANDLE);
    expect((await history.window('ETHUSDT', DEFAULT_PIPELINE)).validity).toMatchObject({
      reason: 'GAP',
      filled: 10,
    });
    expect(await repository.gaps.list('ETHUSDT', '15m')).toMatchObject([
      { ...hidden, candles: 10, foundAt: NOW, requests: 2 },
    ]);
    server.faults.clear();
    clock.advance(CANDLE);
    await history.window('ETHUSDT', DEFAULT_PIPELINE);
    clock.advance(CANDLE);
    const window = await history.window('ETHUSDT', DEFAULT_PIPELINE);
    expect(window.validity).toMatchObject({ ok: true, filled: 0 });
    expect(rowsOf(window.candles)).toEqual(await recordedWindow(NEWEST + 3 * CANDLE, without()));
    expect(await repository.gaps.list('ETHUSDT', '15m')).toEqual([]);
  });

  test('only at the first request are no gap', async () => {
    const hidden = { from: NEWEST - 5 * CANDLE, to: NEWEST - 3 * CANDLE };
    const { history, repository, server } = await startTestMarket({ now: NOW, recording: without() });
    server.faults.add({ endpoint: 'klines', fault: { kind: 'gap', ...hidden }, times: 2 });
    const window = await history.window('ETHUSDT', DEFAULT_PIPELINE);
    expect(window.validity).toMatchObject({ ok: true, filled: 0 });
    expect(await repository.gaps.list('ETHUSDT', '15m')).toEqual([]);
  });

  test('at the end are not filled', async () => {
    const hidden = { from: NEWEST, to: NEWEST };
    const { history, server } = await startTestMarket({ now: NOW, recording: without() });
    server.faults.add({ endpoint: 'klines', fault: { kind: 'gap', ...hidden }, times: 1e9 });
    const window = await history.window('ETHUSDT', DEFAULT_PIPELINE);
    expect(window.closeTime).toBe(NEWEST);
    expect(window.validity).toMatchObject({ ok: true, filled: 0, ageMs: CANDLE + MINUTE });
  });
});

describe('while the exchange cannot be reached', () => {
  test('the stored window is returned, and is stale more than 30 minutes after its close', async () => {
    const { history, server, clock } = await startTestMarket({ now: NOW, timers: acceleratedTimers(10) });
    const before = await history.window('BTCUSDT', DEFAULT_PIPELINE);
    server.faults.add(outage);
    const ages: [number, string | null][] = [];
    for (const at of [NOW + 14 * MINUTE, NEWEST + CANDLE + 30 * MINUTE, NEWEST + CANDLE + 30 * MINUTE + 1]) {
      clock.set(at);
      const window = await history.window('BTCUSDT', DEFAULT_PIPELINE);
      expect(window.candles).toEqual(before.candles);
      ages.push([window.validity.ageMs, window.validity.reason]);
    }
    expect(ages).toEqual([
      [15 * MINUTE, null],
      [30 * MINUTE, null],
      [30 * MINUTE + 1, 'STALE'],
    ]);
  });

  test('there is no window if nothing is stored', async () => {
    const { exchange, history, server } = await startTestMarket({
      ...{ now: NOW, timers: acceleratedTimers(10) },
    });
    server.faults.add(outage);
    await expect(history.window('BTCUSDT', DEFAULT_PIPELINE)).rejects.toMatchObject({
      code: 'MARKET_UNAVAILABLE',
    });
    const symbols = await history.symbols();
    expect(exchange.status().lastError?.message).toContain('HTTP 503');
    expect(symbols).toMatchObject([{ symbol: 'BTCUSDT', newestCloseTime: null, ageMs: null }]);
    expect(symbols[0]?.lastError).toContain('binanceusdm did not give');
  });

  test('for a day, candles are missing; they are all stored afterwards', async () => {
    const { history, server, clock } = await startTestMarket({ now: NOW, timers: acceleratedTimers(10) });
    await history.window('BTCUSDT', DEFAULT_PIPELINE);
    server.faults.add(outage);
    for (let candle = 1; candle <= 96; candle += 32) {
      clock.set(NOW + candle * CANDLE);
      await history.window('BTCUSDT', DEFAULT_PIPELINE);
    }
    server.faults.clear();
    clock.set(NOW + 96 * CANDLE);
    await expect
      .poll(async () => rowsOf((await history.window('BTCUSDT', DEFAULT_PIPELINE)).candles))
      .toEqual(await recordedWindow(NEWEST + 96 * CANDLE));
    expect((await history.window('BTCUSDT', DEFAULT_PIPELINE)).validity.ok).toBe(true);
  });
});

describe('clocks that differ', () => {
  const hour = 60 * MINUTE;

  test.each([
    ['1 s ahead', 1000, true],
    ['1 s behind', -1000, true],
    ['5 minutes ahead', 5 * MINUTE, true],
    ['5 minutes behind', -5 * MINUTE, true],
    ['an hour ahead', hour, false],
    ['an hour behind', -hour, false],
  ])('ours %s', async (_name, lead, ok) => {
    const truth = NOW;
    const { history, exchange } = await startTestMarket({
      now: truth + lead,
      exchangeClock: (ours) => ours - lead,
    });
    const window = await history.window('BTCUSDT', DEFAULT_PIPELINE);
    // Only candles that had closed at the exchange, with the recorded numbers.
    expect(window.closeTime).toBeLessThanOrEqual(truth);
    expect(rowsOf(window.candles)).toEqual(await recordedWindow(window.closeTime - CANDLE));
    expect(window.validity.ok).toBe(ok);
    if (!ok) expect(window.validity.reason).toBe('STALE');
    expect(exchange.status().clock).toMatchObject({ skewMs: -lead, bad: Math.abs(lead) > 5000 });
  });
});

describe('invalid data is refused', () => {
  test('of another symbol, at the first download', async () => {
    const { history, server, repository } = await startTestMarket({ now: NOW });
    server.faults.add({ endpoint: 'klines', fault: { kind: 'wrong-symbol' }, times: 1e9 });
    await expect(history.window('BTCUSDT', DEFAULT_PIPELINE)).rejects.toMatchObject({
      code: 'MARKET_UNAVAILABLE',
    });
    expect(await repository.candles.newest('BTCUSDT', '15m', 1)).toEqual([]);
  });

  test('of another symbol, later', async () => {
    const { history, server, repository, clock } = await startTestMarket({
      now: NOW,
      timers: acceleratedTimers(10),
    });
    await history.window('BTCUSDT', DEFAULT_PIPELINE);
    server.faults.add({ endpoint: 'klines', fault: { kind: 'wrong-symbol' }, times: 1e9 });
    clock.advance(4 * CANDLE);
    expect((await history.window('BTCUSDT', DEFAULT_PIPELINE)).validity.reason).toBe('STALE');
    expect(await repository.candles.newest('BTCUSDT', '15m', 1)).toMatchObject([{ openTime: NEWEST }]);
    expect((await history.symbols())[0]?.lastError).toContain('another symbol');
  });

  test('but a small correction of the newest candle is stored', async () => {
    const { history, repository, clock } = await startTestMarket({ now: NOW });
    const window = await history.window('BTCUSDT', DEFAULT_PIPELINE);
    const newest = window.candles.at(-1) as StoredCandle;
    await repository.candles.store('BTCUSDT', '15m', [
      { ...newest, close: newest.close * 1.0001, high: newest.high * 1.0001 },
    ]);
    clock.advance(CANDLE);
    expect(rowsOf((await history.window('BTCUSDT', DEFAULT_PIPELINE)).candles)).toEqual(
      await recordedWindow(NEWEST + CANDLE),
    );
  });
});

describe('symbols', () => {
  test('that do not exist are refused with the closest names', async () => {
    const btc = await testRecording();
    const { history, requests } = await startTestMarket({
      now: NOW,
      recording: [btc, walk({ start: NOW - (NOW % CANDLE), count: 4 })],
    });
    await expect(history.window('BTCUSD', DEFAULT_PIPELINE)).rejects.toMatchObject({
      code: 'SYMBOL_UNKNOWN',
      message: 'The exchange has no linear perpetual "BTCUSD". The closest ones are BTCUSDT, ETHUSDT.',
    });
    expect(requestCounts(requests)).toEqual({ exchangeInfo: 1 });
    expect(await history.symbols()).toEqual([]);
  });

  test('that are too young are refused with the number of their candles', async () => {
    const start = NEWEST - 99 * CANDLE;
    const { history, requests, clock } = await startTestMarket({
      now: NOW,
      recording: walk({ start, count: 120 }),
    });
    const tooShort = {
      code: 'HISTORY_TOO_SHORT',
      message: expect.stringContaining('100 closed 15m candles'),
    };
    await expect(history.window('ETHUSDT', DEFAULT_PIPELINE)).rejects.toMatchObject(tooShort);
    requests.length = 0;
    clock.advance(CANDLE);
    await expect(history.window('ETHUSDT', DEFAULT_PIPELINE)).rejects.toMatchObject({
      code: 'HISTORY_TOO_SHORT',
    });
    expect(requestCounts(requests)).toEqual({ time: 1, klines: 1 });
  });

  test('have separate candles', async () => {
    const btc = await testRecording();
    const eth = walk({ start: NEWEST - 1599 * CANDLE, count: 1610 });
    const { history } = await startTestMarket({ now: NOW, recording: [btc, eth] });
    const [first, second] = await Promise.all([
      history.window('BTCUSDT', DEFAULT_PIPELINE),
      history.window('ETHUSDT', DEFAULT_PIPELINE),
    ]);
    expect(rowsOf(first.candles)).toEqual(await recordedWindow(NEWEST));
    expect(rowsOf(second.candles)).toEqual(await recordedWindow(NEWEST, eth));
  });
});
