import { describe, expect, test } from 'vitest';
import type { Recording } from '../../../simulator/recording.ts';
import { createReplay } from '../../../simulator/replay.ts';
import type { Candle } from '../../../src/candle.ts';
import { CANDLE_3M, type LiveDesk, openLiveDesk, recorder } from '../../helper/live-market.ts';
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

const passes = (desk: LiveDesk, until: number) =>
  expect.poll(desk.clock, { timeout: 50_000, interval: 10 }).toBeGreaterThan(until);

/** Waits until the consumer has been given the newest candle, and checks that it had all of them, in order, once. */
async function expectAllGiven(desk: LiveDesk, candles: readonly Candle[], recording?: Recording) {
  const newest = () => candles.at(-1)?.openTime ?? 0;
  await expect
    .poll(() => desk.clock() - newest(), { timeout: 30_000, interval: 5 })
    .toBeLessThan(3 * CANDLE_3M);
  const given = [...candles];
  expect(rowsOf(given)).toEqual(await recorded3m(given, recording));
}

describe('at the close of a 15m candle', () => {
  test('one that the exchange gives late is asked for again, not hammered for', async () => {
    const close = START - 30_000 + CANDLE;
    const desk = await openLiveDesk({ start: close - 60_000, speed: 120 });
    desk.server.faults.add({
      endpoint: 'klines',
      fault: { kind: 'gap', from: close - CANDLE, to: close + DAY },
      times: 1e9,
    });
    const { live, history } = await desk.open();
    live.follow('BTCUSDT');
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
  test('are given in order, once, and mostly come over the stream', async () => {
    const desk = await openLiveDesk({ start: START, speed: SPEED });
    const { live } = await desk.open();
    const { candles, consumer } = recorder(desk.database);
    live.subscribe(consumer);
    await passes(desk, START + 30 * MINUTE);
    await expectAllGiven(desk, candles);
    await expect.poll(() => live.status().symbols[0]?.streamed, { timeout: 20_000 }).toBeGreaterThan(0);
    expect(desk.server.usedWeight).toBeLessThan(100);
  });

  test('from long ago are given page by page, with their funding', async () => {
    const desk = await openLiveDesk({ start: START, speed: 60 });
    const { live } = await desk.open();
    const { candles, funding, consumer } = recorder(desk.database);
    const from = START - (START % CANDLE_3M) - 5 * DAY;
    live.subscribe({ ...consumer, from });
    await expectAllGiven(desk, candles);
    expect(candles[0]?.openTime).toBe(from);
    expect(candles.length).toBeGreaterThanOrEqual(5 * 480);
    expect(funding.length).toBe(15);
  });

  test('missed while the connection was cut, or said nothing, are asked for', async () => {
    const desk = await openLiveDesk({ start: START, speed: SPEED });
    const { live } = await desk.open();
    const { candles, consumer } = recorder(desk.database);
    live.subscribe(consumer);
    const stream = () => live.status().symbols[0]?.stream;
    await expect.poll(() => stream()?.state, { timeout: 10_000 }).toBe('live');
    desk.server.stream.disconnect();
    await expect.poll(() => stream()?.interruptions).toBeGreaterThan(0);
    await expect.poll(() => stream()?.state, { timeout: 10_000 }).toBe('live');
    desk.server.stream.silence();
    // Given up after a minute; the candles come by request meanwhile.
    await expect.poll(() => stream()?.lastError, { timeout: 10_000 }).toContain('no update came');
    await passes(desk, desk.clock() + 12 * MINUTE);
    await expectAllGiven(desk, candles);
    desk.server.stream.resume();
    await expect.poll(() => stream()?.state, { timeout: 10_000 }).toBe('live');
    await passes(desk, desk.clock() + 6 * MINUTE);
    await expectAllGiven(desk, candles);
  });

  test('of an outage of a day are all given afterwards', async () => {
    const desk = await openLiveDesk({ start: START, speed: SPEED });
    const { live, history } = await desk.open();
    const { candles, funding, consumer } = recorder(desk.database);
    live.subscribe(consumer);
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
    await expectAllGiven(desk, candles);
    expect(candles.length).toBeGreaterThanOrEqual(480);
    expect(funding).toHaveLength(3);
    await expect.poll(valid, { timeout: 20_000 }).toBe(true);
  });

  test.each([
    ['one', 1],
    ['ten', 10],
    ['120', 120],
  ])('of which the exchange lacks %s are given as filled ones, and recorded', async (_name, missing) => {
    const whole = walk({ timeframe: '3m', start: START - 30_000 - 20 * DAY, count: 21 * 480 });
    const from = START - 30_000 - 200 * CANDLE_3M;
    const lacks = (time: number) => time >= from && time < from + missing * CANDLE_3M;
    const recording = { ...whole, candles: whole.candles.filter(({ openTime }) => !lacks(openTime)) };
    const desk = await openLiveDesk({ start: START, speed: SPEED, recording });
    const { live } = await desk.open();
    const { candles, consumer } = recorder(desk.database, 'recorder', 'ETHUSDT');
    live.subscribe({ ...consumer, from: from - 5 * CANDLE_3M });
    await expect.poll(() => candles.length, { timeout: 20_000 }).toBeGreaterThan(199);
    const times = candles.map(({ openTime }) => openTime);
    expect(times).toEqual(times.map((_, index) => from + (index - 5) * CANDLE_3M));
    expect(candles.filter(({ filled }) => filled).map(({ openTime }) => lacks(openTime))).toEqual(
      Array(missing).fill(true),
    );
    expect(await desk.repository.gaps.list('ETHUSDT', '3m')).toMatchObject([{ from, candles: missing }]);
  });

  test('that are missing only for a while are waited for, not given as filled ones', async () => {
    const desk = await openLiveDesk({ start: START, speed: 120 });
    const hidden = START - 30_000 - 3 * CANDLE_3M;
    desk.server.stream.silence();
    const { live } = await desk.open();
    const { candles, consumer } = recorder(desk.database);
    desk.server.faults.add({
      endpoint: 'klines',
      fault: { kind: 'gap', from: hidden, to: hidden },
      times: 1e9,
    });
    live.subscribe({ ...consumer, from: hidden - 2 * CANDLE_3M });
    const gaps = () => desk.repository.gaps.list('BTCUSDT', '3m');
    await expect.poll(gaps, { timeout: 20_000, interval: 5 }).toMatchObject([{ from: hidden, asks: 1 }]);
    desk.server.faults.clear();
    await expectAllGiven(desk, candles);
    expect(candles.some(({ filled }) => filled)).toBe(false);
    expect(await gaps()).toEqual([]);
  });
});

test('candles of hours ago that the exchange lacked are stored when it has them again', async () => {
  const desk = await openLiveDesk({ start: START, speed: SPEED });
  const { live } = await desk.open();
  const { candles, consumer } = recorder(desk.database);
  const hidden = START - 30_000 - 100 * CANDLE_3M;
  desk.server.faults.add({
    endpoint: 'klines',
    fault: { kind: 'gap', from: hidden, to: hidden },
    times: 1e9,
  });
  live.subscribe({ ...consumer, from: hidden - CANDLE_3M });
  await expect.poll(() => candles[1], { timeout: 20_000 }).toMatchObject({ openTime: hidden, filled: true });
  desk.server.faults.clear();
  const gaps = () => desk.repository.gaps.list('BTCUSDT', '3m');
  await expect.poll(gaps, { timeout: 20_000 }).toEqual([]);
  const stored = await desk.repository.candles.range('BTCUSDT', '3m', hidden, hidden + 5 * CANDLE_3M);
  expect(rowsOf(stored)).toEqual(await recorded3m(stored));
  // What was given is not given again.
  expect(candles.filter(({ openTime }) => openTime === hidden)).toHaveLength(1);
});

describe('a consumer', () => {
  test('goes on where it was after a restart, and misses nothing that happened meanwhile', async () => {
    const desk = await openLiveDesk({ start: START, speed: SPEED });
    const { candles, consumer } = recorder(desk.database);
    for (let run = 0; run < 3; run += 1) {
      const { live } = await desk.open();
      live.subscribe({ ...consumer, from: START - 30_000 - 10 * CANDLE_3M });
      const before = candles.length;
      await expect.poll(() => candles.length, { timeout: 10_000 }).toBeGreaterThan(before + 3);
      await live.stop();
      desk.jump(60 * MINUTE);
    }
    expect(candles[0]?.openTime).toBe(START - 30_000 - 10 * CANDLE_3M);
    expect(rowsOf(candles)).toEqual(await recorded3m(candles));
  });

  test('that fails is given the same again, and only what it did not advance over', async () => {
    const desk = await openLiveDesk({ start: START, speed: SPEED });
    const { live } = await desk.open();
    const { candles, consumer } = recorder(desk.database);
    let call = 0;
    const { repository, database } = desk;
    live.subscribe({
      ...consumer,
      from: START - 30_000 - 40 * CANDLE_3M,
      async consume(batch, advance) {
        call += 1;
        if (call === 1) throw new Error('not today');
        if (call === 2) {
          // What is rolled back was not advanced over.
          const rolledBack = database.transaction().execute(async (transaction) => {
            await advance(transaction, batch.candles.at(-1) as Candle);
            throw new Error('the disk is full');
          });
          return rolledBack;
        }
        // A part at a time.
        const [first] = batch.candles as [Candle & { filled: boolean }];
        await database.transaction().execute((transaction) => advance(transaction, first));
        candles.push(first);
        if (call === 3) throw new Error('after the first');
      },
    });
    const other = recorder(database, 'other');
    live.subscribe({ ...other.consumer, from: START - 30_000 - 40 * CANDLE_3M });
    await expect.poll(() => candles.length, { timeout: 10_000 }).toBeGreaterThan(40);
    expect(rowsOf(candles)).toEqual(await recorded3m(candles));
    expect(other.candles.length).toBeGreaterThanOrEqual(40);
    expect(await repository.cursors.list()).toMatchObject([{ consumer: 'other' }, { consumer: 'recorder' }]);
  });

  test('cannot advance outside a transaction, backwards, beyond its batch, twice, or afterwards', async () => {
    const desk = await openLiveDesk({ start: START, speed: SPEED });
    const { live } = await desk.open();
    const problems: string[] = [];
    const note = (error: Error) => void problems.push(error.message.replace(/\d{13}/g, 'T'));
    let late: Promise<void> | undefined;
    live.subscribe({
      name: 'clumsy',
      symbol: 'BTCUSDT',
      from: START - 30_000 - 10 * CANDLE_3M,
      async consume({ candles }, advance) {
        if (late !== undefined) return;
        const [first, second] = candles as unknown as [Candle, Candle];
        const within = (candle: Candle) =>
          desk.database.transaction().execute((transaction) => advance(transaction, candle));
        await advance(desk.database, first).catch(note);
        await within({ ...first, openTime: first.openTime - CANDLE_3M }).catch(note);
        await within({ ...first, openTime: first.openTime + 1000 * CANDLE_3M }).catch(note);
        await within(second);
        await within(second).catch(note);
        late = new Promise((resolve) => setTimeout(resolve, 20)).then(() => within(second).catch(note));
      },
    });
    await expect.poll(() => problems.length, { timeout: 10_000 }).toBe(5);
    expect(problems).toEqual([
      'clumsy advanced its cursor outside a transaction',
      'clumsy advanced its cursor to T, which was not given to it',
      'clumsy advanced its cursor to T, which was not given to it',
      'clumsy advanced its cursor to T, which was not given to it',
      'clumsy advanced its cursor after it had returned',
    ]);
    await expect.poll(() => live.status().consumers[0]?.lastError).toContain('took no candle');
  });

  test('can be waited for', async () => {
    const desk = await openLiveDesk({ start: START, speed: 60 });
    const { live } = await desk.open();
    const { candles, consumer } = recorder(desk.database);
    const subscription = live.subscribe({ ...consumer, from: START - 30_000 - 100 * CANDLE_3M });
    const due = Math.floor(desk.clock() / CANDLE_3M) * CANDLE_3M - CANDLE_3M;
    await subscription.caughtUp(60_000);
    expect(candles.at(-1)?.openTime).toBeGreaterThanOrEqual(due);
    desk.server.faults.add(outage);
    desk.server.stream.silence();
    desk.jump(CANDLE);
    await expect(subscription.caughtUp()).rejects.toMatchObject({ code: 'MARKET_UNAVAILABLE' });
  });
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
    const { candles, consumer } = recorder(desk.database);
    const early: number[] = [];
    live.subscribe({
      ...consumer,
      from: START - 30_000 - 40 * CANDLE_3M,
      async consume(batch, advance) {
        const close = (batch.candles.at(-1) as Candle).openTime + CANDLE_3M;
        if (close > desk.clock() - lead) early.push(close);
        await consumer.consume(batch, advance);
      },
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
  test('ends with unfollowing, and nothing is asked for any more', async () => {
    const desk = await openLiveDesk({ start: START, speed: SPEED });
    const { live } = await desk.open();
    let stored = false;
    live.onDecisionCandle(() => {
      stored = true;
    });
    live.follow('BTCUSDT');
    live.follow('BTCUSDT');
    expect(live.followed()).toEqual(['BTCUSDT']);
    await expect.poll(() => stored, { timeout: 20_000 }).toBe(true);
    await passes(desk, START + 6 * MINUTE);
    await live.unfollow('BTCUSDT');
    expect(live.followed()).toEqual([]);
    await expect.poll(() => desk.server.stream.subscriptions).toEqual([]);
    desk.requests.length = 0;
    await passes(desk, desk.clock() + 16 * MINUTE);
    expect(desk.requests).toEqual([]);
  });

  test('of a symbol that does not exist says so and asks seldom', async () => {
    const desk = await openLiveDesk({ start: START, speed: SPEED });
    const { live } = await desk.open();
    live.follow('NOSUCHUSDT');
    await passes(desk, START + 20 * MINUTE);
    expect(live.status().symbols[0]?.lastError).toContain('no linear perpetual "NOSUCHUSDT"');
    expect(desk.requests.length).toBeLessThan(20);
  });

  test('stops at once, whatever the exchange is doing', async () => {
    // Whoever waited for the exchange would wait for ever.
    const limits = { headersMs: 1e9, totalMs: 1e9, bytes: 1e6 };
    const desk = await openLiveDesk({ start: START, speed: 1, limits });
    const { live } = await desk.open();
    desk.server.faults.add({ endpoint: '*', fault: { kind: 'hang' }, times: 1e9 });
    const { consumer } = recorder(desk.database);
    live.subscribe(consumer);
    await expect.poll(() => desk.requests.length).toBeGreaterThan(0);
    await live.stop();
    expect(live.status().symbols).toEqual([]);
  });
});
