import { describe, expect, test } from 'vitest';
import type { Recording } from '../../../simulator/recording.ts';
import { createReplay } from '../../../simulator/replay.ts';
import type { Candle } from '../../../src/candle.ts';
import { CANDLE_3M, candleRecorder, type LiveDesk, openLiveDesk } from '../../helper/live-market.ts';
import { CANDLE, MINUTE, rowsOf, shippedRecording, walk } from '../../helper/market.ts';

const DAY = 24 * 60 * MINUTE;
/** A Thursday inside the recording. */
const START = Date.UTC(2025, 10, 27, 10, 0, 30);
const SPEED = 600;
const outage = { endpoint: '*', fault: { kind: 'status', status: 503 }, times: 1e9 } as const;

/** What the recording says about the 3m candles from the first to the last of `given`. */
async function recorded3m(given: readonly Candle[], recording?: Recording) {
  const from = (given[0] as Candle).openTime;
  const to = (given.at(-1) as Candle).openTime;
  const replay = createReplay(recording ?? (await shippedRecording()));
  return rowsOf(replay.candles('3m', { from, to, limit: 1e6, now: to + CANDLE_3M }));
}

/** The stored settlements from the first candle to the close of the last. */
function fundingOf({ repository }: LiveDesk, candles: readonly Candle[]) {
  const [from, to] = [candles[0]?.openTime ?? 0, candles.at(-1)?.openTime ?? 0];
  return repository.funding.range('BTCUSDT', from, to + CANDLE_3M - 1);
}

const passes = (desk: LiveDesk, until: number) =>
  expect.poll(desk.clock, { timeout: 50_000, interval: 10 }).toBeGreaterThan(until);

/** Waits until the newest candle was read, and checks that all of them were, in order, once. */
async function expectAllRead(desk: LiveDesk, candles: readonly Candle[], recording?: Recording) {
  const newest = () => candles.at(-1)?.openTime ?? 0;
  await expect
    .poll(() => desk.clock() - newest(), { timeout: 30_000, interval: 5 })
    .toBeLessThan(3 * CANDLE_3M);
  const given = [...candles];
  expect(rowsOf(given)).toEqual(await recorded3m(given, recording));
}

describe('at the close of a 15m candle', () => {
  test('a candle that the exchange publishes late is requested again with pauses', async () => {
    const close = START - 30_000 + CANDLE;
    const desk = await openLiveDesk({ start: close - 60_000, speed: 120 });
    desk.server.faults.add({
      endpoint: 'klines',
      fault: { kind: 'gap', from: close - CANDLE, to: close + DAY },
      times: 1e9,
    });
    const { live, history } = await desk.open();
    live.follow('BTCUSDT', 'test');
    await passes(desk, close + 60_000);
    desk.requests.length = 0;
    await passes(desk, close + 180_000);
    expect(desk.requests.length).toBeLessThan(40);
    desk.server.faults.clear();
    await expect
      .poll(
        () =>
          history.window('BTCUSDT').then(
            ({ closeTime }) => closeTime,
            () => 0,
          ),
        { timeout: 20_000 },
      )
      .toBeGreaterThanOrEqual(close);
  });
});

describe('closed 3m candles', () => {
  test('are stored in order, and most of them come from the stream', async () => {
    const desk = await openLiveDesk({ start: START, speed: SPEED });
    const { live } = await desk.open();
    const { candles, follow } = candleRecorder(desk);
    follow(live);
    await passes(desk, START + 30 * MINUTE);
    await expectAllRead(desk, candles);
    await expect.poll(() => live.status()[0]?.streamed, { timeout: 20_000 }).toBeGreaterThan(0);
    expect(desk.server.usedWeight).toBeLessThan(100);
  });

  test('from long ago are stored page by page, with their funding', async () => {
    const desk = await openLiveDesk({ start: START, speed: 60 });
    const { live } = await desk.open();
    const from = START - (START % CANDLE_3M) - 5 * DAY;
    const { candles, follow } = candleRecorder(desk, { from });
    follow(live);
    await expectAllRead(desk, candles);
    expect(candles[0]?.openTime).toBe(from);
    expect(candles.length).toBeGreaterThanOrEqual(5 * 480);
    await expect.poll(() => fundingOf(desk, candles), { timeout: 20_000 }).toHaveLength(15);
  });

  test('missed by a cut or silent connection are requested', async () => {
    const desk = await openLiveDesk({ start: START, speed: SPEED });
    const { live } = await desk.open();
    const { candles, follow } = candleRecorder(desk);
    follow(live);
    const stream = () => live.status()[0]?.stream;
    await expect.poll(() => stream()?.state, { timeout: 10_000 }).toBe('live');
    desk.server.stream.disconnect();
    await expect.poll(() => stream()?.interruptions).toBeGreaterThan(0);
    await expect.poll(() => stream()?.state, { timeout: 10_000 }).toBe('live');
    desk.server.stream.silence();
    // Given up after a minute; the candles come by request meanwhile.
    await expect.poll(() => stream()?.lastError, { timeout: 10_000 }).toContain('no update came');
    await passes(desk, desk.clock() + 12 * MINUTE);
    await expectAllRead(desk, candles);
    desk.server.stream.resume();
    await expect.poll(() => stream()?.state, { timeout: 10_000 }).toBe('live');
    await passes(desk, desk.clock() + 6 * MINUTE);
    await expectAllRead(desk, candles);
  });

  test('of an outage of a day are all stored afterwards', async () => {
    const desk = await openLiveDesk({ start: START, speed: SPEED });
    const { live, history } = await desk.open();
    const { candles, follow } = candleRecorder(desk);
    follow(live);
    await expect.poll(() => candles.length, { timeout: 10_000 }).toBeGreaterThan(0);
    const valid = () =>
      history.window('BTCUSDT').then(
        ({ validity }) => validity.ok,
        () => false,
      );
    await expect.poll(valid, { timeout: 20_000 }).toBe(true);
    desk.server.faults.add(outage);
    desk.server.stream.silence();
    desk.server.stream.disconnect();
    for (let part = 0; part < 4; part += 1) {
      desk.jump(DAY / 4);
      await passes(desk, desk.clock() + 2 * MINUTE);
      expect((await history.window('BTCUSDT')).validity.reason).toBe('STALE');
    }
    desk.server.faults.clear();
    desk.server.stream.resume();
    await expectAllRead(desk, candles);
    expect(candles.length).toBeGreaterThanOrEqual(480);
    await expect.poll(valid, { timeout: 20_000 }).toBe(true);
    expect(await fundingOf(desk, candles)).toHaveLength(3);
  });

  test.each([
    ['one', 1],
    ['ten', 10],
    ['120', 120],
  ])('are stored as filled ones and recorded when the exchange lacks %s', async (_name, missing) => {
    const whole = walk({ timeframe: '3m', start: START - 30_000 - 20 * DAY, count: 21 * 480 });
    const from = START - 30_000 - 200 * CANDLE_3M;
    const lacks = (time: number) => time >= from && time < from + missing * CANDLE_3M;
    const recording = { ...whole, candles: whole.candles.filter(({ openTime }) => !lacks(openTime)) };
    const desk = await openLiveDesk({ start: START, speed: SPEED, recording });
    const { live } = await desk.open();
    const { candles, follow } = candleRecorder(desk, { symbol: 'ETHUSDT', from: from - 5 * CANDLE_3M });
    follow(live);
    await expect.poll(() => candles.length, { timeout: 20_000 }).toBeGreaterThan(199);
    const times = candles.map(({ openTime }) => openTime);
    expect(times).toEqual(times.map((_, index) => from + (index - 5) * CANDLE_3M));
    expect(candles.filter(({ filled }) => filled).map(({ openTime }) => lacks(openTime))).toEqual(
      Array(missing).fill(true),
    );
    expect(await desk.repository.gaps.list('ETHUSDT', '3m')).toMatchObject([{ from, candles: missing }]);
  });

  test('that are missing for a while are not read as filled ones', async () => {
    const desk = await openLiveDesk({ start: START, speed: 120 });
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
    await expect.poll(gaps, { timeout: 20_000, interval: 5 }).toMatchObject([{ from: hidden, requests: 1 }]);
    desk.server.faults.clear();
    await expectAllRead(desk, candles);
    expect(candles.some(({ filled }) => filled)).toBe(false);
    expect(await gaps()).toEqual([]);
  });
});

test('candles of hours ago that the exchange lacked are stored when it has them again', async () => {
  const desk = await openLiveDesk({ start: START, speed: SPEED });
  const { live } = await desk.open();
  const hidden = START - 30_000 - 100 * CANDLE_3M;
  const { candles, follow } = candleRecorder(desk, { from: hidden - CANDLE_3M });
  desk.server.faults.add({
    endpoint: 'klines',
    fault: { kind: 'gap', from: hidden, to: hidden },
    times: 1e9,
  });
  follow(live);
  await expect.poll(() => candles[1], { timeout: 20_000 }).toMatchObject({ openTime: hidden, filled: true });
  desk.server.faults.clear();
  const gaps = () => desk.repository.gaps.list('BTCUSDT', '3m');
  await expect.poll(gaps, { timeout: 20_000 }).toEqual([]);
  const stored = await desk.repository.candles.range('BTCUSDT', '3m', hidden, hidden + 5 * CANDLE_3M);
  expect(rowsOf(stored)).toEqual(await recorded3m(stored));
  // What was read is not read again.
  expect(candles.filter(({ openTime }) => openTime === hidden)).toHaveLength(1);
});

test('a restart continues without missing a candle', async () => {
  const desk = await openLiveDesk({ start: START, speed: SPEED });
  const from = START - 30_000 - 10 * CANDLE_3M;
  const { candles, follow } = candleRecorder(desk, { from });
  for (let run = 0; run < 3; run += 1) {
    const { live } = await desk.open();
    const reader = follow(live);
    const before = candles.length;
    await expect.poll(() => candles.length, { timeout: 10_000 }).toBeGreaterThan(before + 3);
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
    const desk = await openLiveDesk({
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
        timeout: 20_000,
        interval: 5,
      })
      .toBeLessThan(3 * CANDLE_3M);
    expect(early).toEqual([]);
    expect(rowsOf(candles)).toEqual(await recorded3m(candles));
    expect(desk.server.usedWeight).toBeLessThan(200);
  });
});

describe('following', () => {
  test('ends with the last reason, and no more requests are sent', async () => {
    const desk = await openLiveDesk({ start: START, speed: SPEED });
    const { live } = await desk.open();
    let stored = false;
    live.onDecisionCandle(() => {
      stored = true;
    });
    live.follow('BTCUSDT', 'test');
    live.follow('BTCUSDT', 'test');
    expect(live.followed()).toEqual(['BTCUSDT']);
    await expect.poll(() => stored, { timeout: 20_000 }).toBe(true);
    await passes(desk, START + 6 * MINUTE);
    await live.unfollow('BTCUSDT', 'test');
    expect(live.followed()).toEqual([]);
    await expect.poll(() => desk.server.stream.subscriptions).toEqual([]);
    desk.requests.length = 0;
    await passes(desk, desk.clock() + 16 * MINUTE);
    expect(desk.requests).toEqual([]);
  });

  test('continues while one reason is left', async () => {
    const desk = await openLiveDesk({ start: START, speed: SPEED });
    const { live } = await desk.open();
    live.follow('BTCUSDT', 'package:alpha');
    live.follow('BTCUSDT', 'account:paper_alpha');
    live.follow('BTCUSDT', 'account:paper_alpha');
    await live.unfollow('BTCUSDT', 'package:alpha');
    await live.unfollow('BTCUSDT', 'package:beta');
    expect(live.followed()).toEqual(['BTCUSDT']);
    await live.unfollow('BTCUSDT', 'account:paper_alpha');
    expect(live.followed()).toEqual([]);
  });

  test('of an unknown symbol reports it and sends few requests', async () => {
    const desk = await openLiveDesk({ start: START, speed: SPEED });
    const { live } = await desk.open();
    live.follow('NOSUCHUSDT', 'test');
    await passes(desk, START + 20 * MINUTE);
    expect(live.status()[0]?.lastError).toContain('no linear perpetual "NOSUCHUSDT"');
    expect(desk.requests.length).toBeLessThan(20);
  });

  test('stops at once, even during requests', async () => {
    // The exchange never answers.
    const limits = { headersMs: 1e9, totalMs: 1e9, bytes: 1e6 };
    const desk = await openLiveDesk({ start: START, speed: 1, limits });
    const { live } = await desk.open();
    desk.server.faults.add({ endpoint: '*', fault: { kind: 'hang' }, times: 1e9 });
    candleRecorder(desk).follow(live);
    await expect.poll(() => desk.requests.length).toBeGreaterThan(0);
    await live.stop();
    expect(live.status()).toEqual([]);
  });
});
