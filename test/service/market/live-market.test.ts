// promise: docs/operations.md "the exchange"

import { describe, expect, test } from 'vitest';
import type { Recording } from '../../../simulator/recording.ts';
import type { Candle } from '../../../src/candle.ts';
import { DEFAULT_PIPELINE } from '../../../src/pipeline/default-pipeline.ts';
import { CANDLE_3M, candleRecorder, type FastMarket, startFastMarket } from '../../helper/fast-market.ts';
import { CANDLE, MINUTE, recordedRows, rowsOf, walk } from '../../helper/market.ts';

const DAY = 24 * 60 * MINUTE;
/** A Thursday inside the recording. */
const START = Date.UTC(2025, 10, 27, 10, 0, 30);
const SPEED = 600;
const outage = { endpoint: '*', fault: { kind: 'status', status: 503 }, times: 1e9 } as const;

/** Rows of the recorded 3m candles from the first to the last of `candles`. */
function recorded3m(candles: readonly Candle[], recording?: Recording) {
  const [first, last] = [candles[0] as Candle, candles.at(-1) as Candle];
  return recordedRows('3m', first.openTime, last.openTime, recording);
}

/** The stored funding from the first candle to the close of the last. */
function fundingOf({ repository }: FastMarket, candles: readonly Candle[]) {
  const [from, to] = [candles[0]?.openTime ?? 0, candles.at(-1)?.openTime ?? 0];
  return repository.funding.range('BTCUSDT', from, to + CANDLE_3M - 1);
}

const passes = (desk: FastMarket, until: number) =>
  expect.poll(desk.clock, { interval: 10 }).toBeGreaterThan(until);

/** Waits until the newest candle was read, and expects that all were read once and in order. */
async function expectAllRead(desk: FastMarket, candles: readonly Candle[], recording?: Recording) {
  const newest = () => candles.at(-1)?.openTime ?? 0;
  await expect.poll(() => desk.clock() - newest(), { interval: 5 }).toBeLessThan(3 * CANDLE_3M);
  const given = [...candles];
  expect(rowsOf(given)).toEqual(await recorded3m(given, recording));
}

describe('at the close of a 15m candle', () => {
  test('a candle that the exchange publishes late is requested again, with pauses', async () => {
    const close = START - 30_000 + CANDLE;
    const desk = await startFastMarket({ start: close - 60_000, speed: 120 });
    desk.server.faults.add({
      endpoint: 'klines',
      fault: { kind: 'gap', from: close - CANDLE, to: close + DAY },
      times: 1e9,
    });
    const { live, history } = await desk.open();
    live.follow('BTCUSDT', DEFAULT_PIPELINE, 'test');
    await passes(desk, close + 60_000);
    desk.requests.length = 0;
    const begun = desk.clock();
    await passes(desk, close + 180_000);
    // A busy machine notices later that the time has passed.
    const minutes = (desk.clock() - begun) / MINUTE;
    expect(desk.requests.length / minutes).toBeLessThan(20);
    desk.server.faults.clear();
    await expect
      .poll(() =>
        history.window('BTCUSDT', DEFAULT_PIPELINE).then(
          ({ closeTime }) => closeTime,
          () => 0,
        ),
      )
      .toBeGreaterThanOrEqual(close);
  });
});

describe('closed 3m candles', () => {
  test('are stored in order, most of them from the stream', async () => {
    const desk = await startFastMarket({ start: START, speed: SPEED });
    const { live } = await desk.open();
    const { candles, follow } = candleRecorder(desk);
    follow(live);
    await passes(desk, START + 30 * MINUTE);
    await expectAllRead(desk, candles);
    await expect.poll(() => live.status()[0]?.streamed).toBeGreaterThan(0);
    expect(desk.server.usedWeight).toBeLessThan(100);
  });

  test('from long ago are stored page by page, with their funding', async () => {
    const desk = await startFastMarket({ start: START, speed: 60 });
    const { live } = await desk.open();
    const from = START - (START % CANDLE_3M) - 5 * DAY;
    const { candles, follow } = candleRecorder(desk, { from });
    follow(live);
    await expectAllRead(desk, candles);
    expect(candles[0]?.openTime).toBe(from);
    expect(candles.length).toBeGreaterThanOrEqual(5 * 480);
    await expect.poll(() => fundingOf(desk, candles)).toHaveLength(15);
  });

  test('missed while the connection was cut or silent are requested', async () => {
    const desk = await startFastMarket({ start: START, speed: SPEED });
    const { live } = await desk.open();
    const { candles, follow } = candleRecorder(desk);
    follow(live);
    const stream = () => live.status()[0]?.stream;
    await expect.poll(() => stream()?.state).toBe('live');
    desk.server.stream.disconnect();
    await expect.poll(() => stream()?.interruptions).toBeGreaterThan(0);
    await expect.poll(() => stream()?.state).toBe('live');
    desk.server.stream.silence();
    // The stream is given up after a minute; until then the candles come by request.
    await expect.poll(() => stream()?.lastError).toContain('no update came');
    await passes(desk, desk.clock() + 12 * MINUTE);
    await expectAllRead(desk, candles);
    desk.server.stream.resume();
    await expect.poll(() => stream()?.state).toBe('live');
    await passes(desk, desk.clock() + 6 * MINUTE);
    await expectAllRead(desk, candles);
  });

  test('of a day without the exchange are all stored afterwards', async () => {
    const desk = await startFastMarket({ start: START, speed: SPEED });
    const { live, history } = await desk.open();
    const { candles, follow } = candleRecorder(desk);
    follow(live);
    await expect.poll(() => candles.length).toBeGreaterThan(0);
    const valid = () =>
      history.window('BTCUSDT', DEFAULT_PIPELINE).then(
        ({ validity }) => validity.ok,
        () => false,
      );
    await expect.poll(valid).toBe(true);
    desk.server.faults.add(outage);
    desk.server.stream.silence();
    desk.server.stream.disconnect();
    for (let part = 0; part < 4; part += 1) {
      desk.jump(DAY / 4);
      await passes(desk, desk.clock() + 2 * MINUTE);
      expect((await history.window('BTCUSDT', DEFAULT_PIPELINE)).validity.reason).toBe('STALE');
    }
    desk.server.faults.clear();
    desk.server.stream.resume();
    await expectAllRead(desk, candles);
    expect(candles.length).toBeGreaterThanOrEqual(480);
    await expect.poll(valid).toBe(true);
    expect(await fundingOf(desk, candles)).toHaveLength(3);
  });

  test.each([
    ['one', 1],
    ['ten', 10],
    ['120', 120],
  ])('are stored as filled and listed as gaps where the exchange lacks %s', async (_name, missing) => {
    const whole = walk({ timeframe: '3m', start: START - 30_000 - 20 * DAY, count: 21 * 480 });
    const from = START - 30_000 - 200 * CANDLE_3M;
    const lacks = (time: number) => time >= from && time < from + missing * CANDLE_3M;
    const recording = { ...whole, candles: whole.candles.filter(({ openTime }) => !lacks(openTime)) };
    const desk = await startFastMarket({ start: START, speed: SPEED, recording });
    const { live } = await desk.open();
    const { candles, follow } = candleRecorder(desk, { symbol: 'ETHUSDT', from: from - 5 * CANDLE_3M });
    follow(live);
    await expect.poll(() => candles.length).toBeGreaterThan(199);
    const times = candles.map(({ openTime }) => openTime);
    expect(times).toEqual(times.map((_, index) => from + (index - 5) * CANDLE_3M));
    expect(candles.filter(({ filled }) => filled).map(({ openTime }) => lacks(openTime))).toEqual(
      Array(missing).fill(true),
    );
    expect(await desk.repository.gaps.list('ETHUSDT', '3m')).toMatchObject([{ from, candles: missing }]);
  });

  test('that are missing only for a while are awaited, not read as filled', async () => {
    const desk = await startFastMarket({ start: START, speed: 120 });
    const hidden = START - 30_000 - 3 * CANDLE_3M;
    desk.server.stream.silence();
    const { live } = await desk.open();
    const { candles, follow } = candleRecorder(desk, { from: hidden - 2 * CANDLE_3M });
    desk.server.faults.add({
      endpoint: 'klines',
      fault: { kind: 'gap', from: hidden, to: hidden },
      times: 1e9,
    });
    follow(live);
    const gaps = () => desk.repository.gaps.list('BTCUSDT', '3m');
    await expect.poll(gaps, { interval: 5 }).toMatchObject([{ from: hidden, requests: 1 }]);
    desk.server.faults.clear();
    await expectAllRead(desk, candles);
    expect(candles.some(({ filled }) => filled)).toBe(false);
    expect(await gaps()).toEqual([]);
  });
});

test('candles of hours ago that the exchange lacked are stored once it has them', async () => {
  const desk = await startFastMarket({ start: START, speed: SPEED });
  const { live } = await desk.open();
  const hidden = START - 30_000 - 100 * CANDLE_3M;
  const { candles, follow } = candleRecorder(desk, { from: hidden - CANDLE_3M });
  desk.server.faults.add({
    endpoint: 'klines',
    fault: { kind: 'gap', from: hidden, to: hidden },
    times: 1e9,
  });
  follow(live);
  await expect.poll(() => candles[1]).toMatchObject({ openTime: hidden, filled: true });
  desk.server.faults.clear();
  const gaps = () => desk.repository.gaps.list('BTCUSDT', '3m');
  await expect.poll(gaps).toEqual([]);
  const stored = await desk.repository.candles.range('BTCUSDT', '3m', hidden, hidden + 5 * CANDLE_3M);
  expect(rowsOf(stored)).toEqual(await recorded3m(stored));
  // Candles that were read are not read again.
  expect(candles.filter(({ openTime }) => openTime === hidden)).toHaveLength(1);
});

test('a restarted market continues where it was, and misses no candle', async () => {
  const desk = await startFastMarket({ start: START, speed: SPEED });
  const from = START - 30_000 - 10 * CANDLE_3M;
  const { candles, follow } = candleRecorder(desk, { from });
  for (let run = 0; run < 3; run += 1) {
    const { live } = await desk.open();
    const reader = follow(live);
    const before = candles.length;
    await expect.poll(() => candles.length).toBeGreaterThan(before + 3);
    await reader.stop();
    await live.stop();
    desk.jump(60 * MINUTE);
  }
  expect(candles[0]?.openTime).toBe(from);
  expect(rowsOf(candles)).toEqual(await recorded3m(candles));
});

describe('clocks that differ', () => {
  test.each([
    ['1 s ahead', 1000],
    ['5 minutes ahead', 5 * MINUTE],
    ['an hour ahead', 60 * MINUTE],
    ['1 s behind', -1000],
    ['5 minutes behind', -5 * MINUTE],
    ['an hour behind', -60 * MINUTE],
  ])('ours %s', async (_name, lead) => {
    const desk = await startFastMarket({
      start: START + lead,
      speed: SPEED,
      exchangeClock: (ours) => ours - lead,
    });
    const { live } = await desk.open();
    const { candles, follow } = candleRecorder(desk, { from: START - 30_000 - 40 * CANDLE_3M });
    const early: number[] = [];
    follow(live, (known) => {
      const close = (known.at(-1) as Candle).openTime + CANDLE_3M;
      if (close > desk.clock() - lead) early.push(close);
    });
    await passes(desk, START + lead + 10 * MINUTE);
    // A clock that is behind makes candles late, never wrong.
    const late = Math.max(0, -lead);
    await expect
      .poll(() => desk.clock() - lead - late - (candles.at(-1)?.openTime ?? 0), {
        interval: 5,
      })
      .toBeLessThan(3 * CANDLE_3M);
    expect(early).toEqual([]);
    expect(rowsOf(candles)).toEqual(await recorded3m(candles));
    expect(desk.server.usedWeight).toBeLessThan(200);
  });
});

describe('following', () => {
  test('ends with unfollowing, and with it all requests', async () => {
    const desk = await startFastMarket({ start: START, speed: SPEED });
    const { live } = await desk.open();
    let stored = false;
    live.onDecisionCandle(() => {
      stored = true;
    });
    live.follow('BTCUSDT', DEFAULT_PIPELINE, 'test');
    live.follow('BTCUSDT', DEFAULT_PIPELINE, 'test');
    expect(live.followed()).toEqual([{ symbol: 'BTCUSDT', pipelines: [DEFAULT_PIPELINE] }]);
    await expect.poll(() => stored).toBe(true);
    await passes(desk, START + 6 * MINUTE);
    await live.unfollow('BTCUSDT', 'test');
    expect(live.followed()).toEqual([]);
    await expect.poll(() => desk.server.stream.subscriptions).toEqual([]);
    desk.requests.length = 0;
    await passes(desk, desk.clock() + 16 * MINUTE);
    expect(desk.requests).toEqual([]);
  });

  test('continues as long as one reason is left', async () => {
    const desk = await startFastMarket({ start: START, speed: SPEED });
    const { live } = await desk.open();
    live.follow('BTCUSDT', DEFAULT_PIPELINE, 'package:alpha');
    live.follow('BTCUSDT', DEFAULT_PIPELINE, 'account:paper_alpha');
    live.follow('BTCUSDT', DEFAULT_PIPELINE, 'account:paper_alpha');
    await live.unfollow('BTCUSDT', 'package:alpha');
    await live.unfollow('BTCUSDT', 'package:beta');
    expect(live.followed()).toEqual([{ symbol: 'BTCUSDT', pipelines: [DEFAULT_PIPELINE] }]);
    await live.unfollow('BTCUSDT', 'account:paper_alpha');
    expect(live.followed()).toEqual([]);
  });

  test('of an unknown symbol reports it, with few requests', async () => {
    const desk = await startFastMarket({ start: START, speed: SPEED });
    const { live } = await desk.open();
    live.follow('NOSUCHUSDT', DEFAULT_PIPELINE, 'test');
    await passes(desk, START + 20 * MINUTE);
    expect(live.status()[0]?.lastError).toContain('no linear perpetual "NOSUCHUSDT"');
    expect(desk.requests.length).toBeLessThan(20);
  });

  test('stops at once, even during requests', async () => {
    // The exchange never answers.
    const limits = { headersMs: 1e9, totalMs: 1e9, bytes: 1e6 };
    const desk = await startFastMarket({ start: START, speed: 1, limits });
    const { live } = await desk.open();
    desk.server.faults.add({ endpoint: '*', fault: { kind: 'hang' }, times: 1e9 });
    candleRecorder(desk).follow(live);
    await expect.poll(() => desk.requests.length).toBeGreaterThan(0);
    await live.stop();
    expect(live.status()).toEqual([]);
  });
});
