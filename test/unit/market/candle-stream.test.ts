import { expect, onTestFinished, test } from 'vitest';
import { type CandleStart, openCandleStream } from '../../../src/market/exchange/candle-stream.ts';
import type { CcxtClient } from '../../../src/market/exchange/ccxt-client.ts';
import { SYSTEM_TIMERS } from '../../../src/runtime/timers.ts';
import { silentLog } from '../../helper/log.ts';

const STEP = 180_000;
const T = Date.UTC(2025, 10, 27, 10);

type Row = [number, number, number, number, number, number];
const row = (index: number, close = 100): Row => [T + index * STEP, 100, 110, 90, close, 1];

/** A stream over a client whose updates, failures and times a test controls. */
function openStream() {
  let now = T;
  let known = true;
  const starts: CandleStart[] = [];
  const waiting: { resolve: (rows: unknown) => void; reject: (error: Error) => void }[] = [];
  const left: string[] = [];
  const closing = new AbortController();
  let watches = 0;
  let cuts = 0;
  const sleeping: { until: number; done: () => void }[] = [];
  const client = {
    watchOHLCV: () => {
      watches += 1;
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
    get clients() {
      const terminate = () => {
        cuts += 1;
      };
      return { a: { connection: { terminate } } };
    },
  } as unknown as CcxtClient;
  const stream = openCandleStream({
    client,
    resolve: async () => 'BTC/USDT:USDT',
    leave: (unified) => void left.push(unified),
    symbol: 'BTCUSDT',
    timeframe: '3m',
    exchangeTime: () => (known ? { earliest: now, latest: now } : null),
    onCandleStart: (start) => starts.push(start),
    pulse: { at: 0 },
    closing: closing.signal,
    timers: {
      monotonic: () => now,
      random: () => 0.5,
      sleep: (ms, signal) =>
        new Promise((done) => {
          sleeping.push({ until: now + ms, done });
          signal?.addEventListener('abort', () => done());
        }),
    },
    log: silentLog,
  });
  onTestFinished(() => stream.close());
  const settle = () => SYSTEM_TIMERS.sleep(2);
  return {
    starts,
    stream,
    left,
    closing,
    watches: () => watches,
    cuts: () => cuts,
    forgetClock() {
      known = false;
    },
    async says(at: number, ...rows: Row[]) {
      now = T + at;
      await settle();
      for (const one of waiting.splice(0)) one.resolve(rows);
      await settle();
    },
    async fails() {
      await settle();
      for (const one of waiting.splice(0)) one.reject(new Error('closed'));
      await settle();
    },
    async passes(ms: number) {
      await settle();
      now += ms;
      for (const one of sleeping.splice(0)) {
        if (one.until <= now) one.done();
        else sleeping.push(one);
      }
      await settle();
    },
  };
}

const closes = (starts: readonly CandleStart[]) =>
  starts.map(({ opened, closed }) => [(opened - T) / STEP, closed?.close ?? null]);

test('a candle is complete when its last update came at its close and the next one right after it', async () => {
  const { says, starts, stream } = openStream();
  await says(1_000, row(0, 101));
  await says(STEP - 100, row(0, 104));
  await says(STEP + 900, row(1, 105));
  await says(2 * STEP, row(1, 107), row(2, 108));
  expect(closes(starts)).toEqual([
    [0, null],
    [1, 104],
    [2, 107],
  ]);
  expect(stream.status()).toMatchObject({ state: 'live', interruptions: 0 });
});

test.each<[string, number, number, number]>([
  ['last updated before its close', STEP - 1_000, STEP + 100, 1],
  ['followed too late', STEP, STEP + 6_000, 1],
  ['not followed by the next', STEP, 2 * STEP, 2],
])('a candle %s may be incomplete', async (_name, last, next, index) => {
  const { says, starts } = openStream();
  await says(last, row(0, 104));
  await says(next, row(index));
  expect(closes(starts)).toEqual([
    [0, null],
    [index, null],
  ]);
});

test('a candle that closed while the exchange’s clock was unknown may be incomplete', async () => {
  const { says, starts, forgetClock } = openStream();
  forgetClock();
  await says(STEP, row(0, 104));
  await says(STEP + 100, row(1));
  expect(starts.every(({ closed }) => closed === undefined)).toBe(true);
});

test('updates of an earlier connection do not count, even when ccxt delivers them late', async () => {
  const { says, fails, passes, starts, stream } = openStream();
  await says(STEP - 50_000, row(0, 104));
  await fails();
  expect(stream.status()).toMatchObject({ state: 'reconnecting', interruptions: 1 });
  await passes(60_000);
  await says(STEP + 100, row(0, 104), row(1));
  expect(closes(starts)).toEqual([
    [0, null],
    [1, null],
  ]);
});

test('the pause before a reconnection grows until an update comes', async () => {
  const { fails, passes, says, watches } = openStream();
  for (const pause of [500, 1_000, 2_000, 4_000]) {
    await fails();
    const before = watches();
    await passes(pause - 1);
    expect(watches()).toBe(before);
    await passes(1);
    expect(watches()).toBe(before + 1);
  }
  await says(50_000, row(0));
  await fails();
  const before = watches();
  await passes(500);
  expect(watches()).toBe(before + 1);
});

test('a silent connection is cut', async () => {
  const { says, passes, cuts, stream } = openStream();
  await says(1_000, row(0));
  await passes(59_999);
  expect(cuts()).toBe(0);
  await passes(1);
  expect(cuts()).toBe(1);
  expect(stream.status()).toMatchObject({ interruptions: 1, lastError: 'no update came for 60 s' });
});

test('invalid rows are an interruption, not a candle', async () => {
  const { says, starts, stream } = openStream();
  await says(1_000, [T, 100, 90, 110, 100, 1]);
  expect(starts).toEqual([]);
  expect(stream.status().lastError).toContain('a candle is invalid');
});

test('closing the stream ends its subscription, also between two connections', async () => {
  const { says, fails, stream, left } = openStream();
  await says(1_000, row(0));
  await fails();
  expect(left).toEqual([]);
  await stream.close();
  expect(left).toEqual(['BTC/USDT:USDT']);
  expect(stream.status().state).toBe('closed');
});

test('a connection that ends because the exchange is closed is no interruption', async () => {
  const { says, fails, stream, closing } = openStream();
  await says(1_000, row(0));
  closing.abort();
  await fails();
  expect(stream.status()).toMatchObject({ state: 'closed', interruptions: 0, lastError: null });
});
