import { describe, expect, test } from 'vitest';
import {
  type Candle,
  type DecisionTimeframe,
  type IntrabarTimeframe,
  TIMEFRAME_MS,
} from '../../../src/candle.ts';
import type { MarketPipeline } from '../../../src/market/store/window-validity.ts';
import type { UsedMarket } from '../../../src/market/sync/requested-window.ts';
import { candleRecorder, startFastMarket } from '../../helper/fast-market.ts';
import { MINUTE, recordedRows, rowsOf, testRecording, walk } from '../../helper/market.ts';
import { openSimulatedMarket } from '../../helper/simulated-market.ts';
import { requestCounts, startTestMarket } from '../../helper/test-market.ts';
import { acceleratedTimers } from '../../helper/time.ts';

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Candles of every timeframe close at this time. */
const CLOSE = Date.UTC(2025, 10, 27, 12);
const NOW = CLOSE + MINUTE;
const outage = { endpoint: '*', fault: { kind: 'status', status: 503 }, times: 1e9 } as const;

/** Candles of one minute, of which every other timeframe is aggregated. */
const recording = walk({ timeframe: '1m', start: CLOSE - 30 * DAY, count: 32 * 24 * 60 });

function pipelineOf(
  decisionTimeframe: DecisionTimeframe,
  intrabarTimeframe: IntrabarTimeframe,
  historyCandles = 300,
): MarketPipeline {
  return {
    ...{ decisionTimeframe, intrabarTimeframe, historyCandles, forecastCandles: historyCandles - 50 },
    decisionMs: TIMEFRAME_MS[decisionTimeframe],
    intrabarMs: TIMEFRAME_MS[intrabarTimeframe],
  };
}

const FIVE_MINUTES = pipelineOf('5m', '1m', 1500);
const QUARTER_HOUR = pipelineOf('15m', '3m');
const HALF_HOUR = pipelineOf('30m', '5m');
const ONE_HOUR = pipelineOf('1h', '5m');
const FOUR_HOURS = pipelineOf('4h', '15m', 150);

const usedBy = (...pipelines: MarketPipeline[]) => ({ symbol: 'ETHUSDT', pipelines });
const higher = (candle: Candle): Candle => ({ ...candle, close: candle.high, volume: candle.volume + 1 });

describe.each([FIVE_MINUTES, HALF_HOUR, ONE_HOUR, FOUR_HOURS])(
  'decisions each $decisionTimeframe with intrabar candles of $intrabarTimeframe',
  (pipeline) => {
    const { decisionTimeframe, decisionMs, intrabarTimeframe, intrabarMs, historyCandles } = pipeline;
    const newest = CLOSE - decisionMs;
    const oldest = newest - (historyCandles - 1) * decisionMs;
    const lateAt = CLOSE + decisionMs + 15 * MINUTE;

    test('a window is the whole history with its funding', async () => {
      const { history, requests } = await startTestMarket({ now: NOW, recording });
      const window = await history.window('ETHUSDT', pipeline);
      expect(rowsOf(window.candles)).toEqual(
        await recordedRows(decisionTimeframe, oldest, newest, recording),
      );
      expect(window.candles).toHaveLength(historyCandles);
      expect(window.closeTime).toBe(CLOSE);
      expect(window.funding).toEqual(
        recording.funding.filter(({ time }) => time >= oldest - DAY && time <= newest),
      );
      expect(window.validity).toMatchObject({ ok: true, reason: null, ageMs: MINUTE, filled: 0 });
      const klines = requests.filter(({ endpoint }) => endpoint === 'klines');
      expect(new Set(klines.map(({ params }) => params.get('interval')))).toEqual(
        new Set([decisionTimeframe]),
      );
      expect((await history.window('ETHUSDT', pipeline, NOW - DAY)).closeTime).toBe(CLOSE - DAY);
    });

    test('a candle that the exchange lacks is filled and listed as a gap', async () => {
      const hole = newest - 20 * decisionMs;
      const isThere = ({ openTime }: Candle) => openTime < hole || openTime >= hole + decisionMs;
      const withHole = { ...recording, candles: recording.candles.filter(isThere) };
      const { history, clock } = await startTestMarket({ now: NOW, recording: withHole });
      const window = await history.window('ETHUSDT', pipeline);
      expect(window.candles.filter(({ filled }) => filled).map(({ openTime }) => openTime)).toEqual([hole]);
      expect(window.validity).toMatchObject({ ok: true, filled: 1, filledRecently: 0 });
      const symbols = await history.symbols([usedBy(pipeline)]);
      expect(symbols).toMatchObject([
        {
          filled: 1,
          gaps: [{ timeframe: decisionTimeframe, from: hole, to: hole, candles: 1, requests: 1 }],
        },
      ]);
      // It is requested again once its own timeframe has passed.
      const requestsAfter = async (ms: number) => {
        clock.set(NOW + ms);
        await history.window('ETHUSDT', pipeline);
        return (await history.symbols([usedBy(pipeline)]))[0]?.gaps[0]?.requests;
      };
      expect(await requestsAfter(decisionMs - 2 * MINUTE)).toBe(1);
      expect(await requestsAfter(decisionMs)).toBe(2);
    });

    test('the stored window is stale 15 minutes after the next candle was due', async () => {
      const { history, server, clock } = await startTestMarket({
        ...{ now: NOW, recording, timers: acceleratedTimers(10) },
      });
      await history.window('ETHUSDT', pipeline);
      server.faults.add(outage);
      clock.set(lateAt);
      expect((await history.window('ETHUSDT', pipeline)).validity.ok).toBe(true);
      expect(await history.symbols([usedBy(pipeline)])).toMatchObject([{ stale: false }]);
      clock.set(lateAt + 1);
      const { validity } = await history.window('ETHUSDT', pipeline);
      const minutes = decisionMs / MINUTE + 15;
      expect(validity).toMatchObject({
        reason: 'STALE',
        detail: `The newest closed candle closed ${minutes} minutes ago; more than ${minutes} is too old.`,
      });
      expect(await history.symbols([usedBy(pipeline)])).toMatchObject([
        { timeframe: decisionTimeframe, newestCloseTime: CLOSE, stale: true },
      ]);
    });

    test('the candles of both timeframes are stored as they close', async () => {
      const market = await openSimulatedMarket({ start: NOW, recordings: [recording] });
      const { live, repository, clock, passTo } = market;
      const closed: unknown[] = [];
      const delays: number[] = [];
      live.onDecisionCandle(({ closeTime, ...others }) => {
        closed.push({ ...others, closeTime });
        delays.push(clock() - closeTime);
      });
      const { candles, follow } = candleRecorder(market, { symbol: 'ETHUSDT', pipeline, from: CLOSE });
      follow(live);
      const end = CLOSE + 2 * decisionMs;
      await passTo(end + 5_000);
      expect(closed).toEqual(
        [CLOSE, CLOSE + decisionMs, end].map((closeTime) => ({
          ...{ symbol: 'ETHUSDT', timeframe: decisionTimeframe, closeTime },
        })),
      );
      for (const delay of delays.slice(1)) expect(delay).toBeLessThan(5_000);
      expect(rowsOf(candles)).toEqual(
        await recordedRows(intrabarTimeframe, CLOSE, end - intrabarMs, recording),
      );
      expect(live.status()).toMatchObject([{ timeframe: intrabarTimeframe, newest: end - intrabarMs }]);
      expect(live.status()[0]?.streamed).toBeGreaterThan((2 * decisionMs) / intrabarMs - 3);
      const decided = await repository.candles.range('ETHUSDT', decisionTimeframe, newest, end);
      expect(rowsOf(decided)).toEqual(
        await recordedRows(decisionTimeframe, newest, end - decisionMs, recording),
      );
    });

    test('a candle that its intrabar candles contradict is listed and requested until it is corrected', async () => {
      let corrected = false;
      const { live, history, repository, passTo } = await openSimulatedMarket({
        ...{ start: NOW, recordings: [recording] },
        behavior: {
          modify: (candle, timeframe) =>
            timeframe === decisionTimeframe && candle.openTime === CLOSE && !corrected
              ? higher(candle)
              : candle,
        },
      });
      live.follow('ETHUSDT', pipeline, 'test', () => CLOSE);
      const mismatches = async () => (await history.symbols([usedBy(pipeline)]))[0]?.mismatches;
      await passTo(CLOSE + decisionMs + 30_000);
      const found = { timeframe: decisionTimeframe, openTime: CLOSE };
      expect(await mismatches()).toMatchObject([{ ...found, requests: 1 }]);
      expect((await mismatches())?.[0]?.problem).toMatch(
        new RegExp(`^the close is .* in its ${intrabarTimeframe} candles; the volume is `),
      );
      await passTo(CLOSE + 2 * decisionMs + 16 * MINUTE);
      expect(await mismatches()).toMatchObject([
        { ...found, requests: 2 + Number(decisionMs < 15 * MINUTE) },
      ]);
      corrected = true;
      await passTo(CLOSE + 6 * decisionMs + 16 * MINUTE);
      expect(await mismatches()).toEqual([]);
      const [stored] = await repository.candles.range('ETHUSDT', decisionTimeframe, CLOSE, CLOSE);
      expect(rowsOf([stored as Candle])).toEqual(
        await recordedRows(decisionTimeframe, CLOSE, CLOSE, recording),
      );
    });
  },
);

describe('two pipelines on one symbol', () => {
  test('with the same intrabar timeframe share its stream, and each continues without the other', async () => {
    const market = await openSimulatedMarket({ start: NOW, recordings: [recording] });
    const { live, behavior, repository, passTo, sleepers } = market;
    const { candles, follow } = candleRecorder(market, {
      symbol: 'ETHUSDT',
      pipeline: ONE_HOUR,
      from: CLOSE,
    });
    follow(live);
    live.follow('ETHUSDT', HALF_HOUR, 'package:half_hour');
    live.follow('ETHUSDT', HALF_HOUR, 'account:half_hour');
    expect(live.followed()).toEqual([usedBy(ONE_HOUR, HALF_HOUR)]);
    await passTo(CLOSE + HOUR + 10_000);
    expect(behavior.streams).toBe(1);
    expect(live.status()).toMatchObject([{ timeframe: '5m' }]);

    const requestsUntil = async (time: number) => {
      const before = behavior.requests;
      await passTo(time + 10_000);
      return behavior.requests - before;
    };
    // In two hours: two candles of 1h, four of 30m, and funding each hour; those of 5m come over the stream.
    expect(await requestsUntil(CLOSE + 3 * HOUR)).toBe(2 + 4 + 2);

    await live.unfollow('ETHUSDT', 'package:half_hour');
    expect(live.followed()).toEqual([usedBy(ONE_HOUR, HALF_HOUR)]);
    await live.unfollow('ETHUSDT', 'account:half_hour');
    expect(live.followed()).toEqual([usedBy(ONE_HOUR)]);
    expect(behavior.streams).toBe(1);
    expect(await requestsUntil(CLOSE + 5 * HOUR)).toBe(2 + 2);
    expect(rowsOf(candles)).toEqual(
      await recordedRows('5m', CLOSE, CLOSE + 5 * HOUR - 5 * MINUTE, recording),
    );
    const newestOf = async (timeframe: DecisionTimeframe) =>
      (await repository.candles.newest('ETHUSDT', timeframe, 1))[0]?.openTime;
    expect(await newestOf('1h')).toBe(CLOSE + 4 * HOUR);
    expect(await newestOf('30m')).toBe(CLOSE + 2.5 * HOUR);

    await live.unfollow('ETHUSDT', 'test');
    expect(behavior.streams).toBe(0);
    expect(sleepers()).toBe(0);
  });

  test('with the same decision candles and different intrabar candles request the former once', async () => {
    const { live, behavior, passTo } = await openSimulatedMarket({ start: NOW, recordings: [recording] });
    live.follow('ETHUSDT', pipelineOf('1h', '5m'), 'test');
    live.follow('ETHUSDT', pipelineOf('1h', '3m'), 'other');
    await passTo(CLOSE + HOUR + 10_000);
    expect(behavior.streams).toBe(2);
    const before = behavior.requests;
    await passTo(CLOSE + 2 * HOUR + 10_000);
    expect(behavior.requests - before).toBe(1 + 1);
  });

  test('with different intrabar timeframes have a stream each, which ends alone', async () => {
    const market = await openSimulatedMarket({ start: NOW, recordings: [recording] });
    const { live, behavior, passTo } = market;
    const { candles, follow } = candleRecorder(market, {
      symbol: 'ETHUSDT',
      pipeline: FOUR_HOURS,
      from: CLOSE,
    });
    follow(live);
    live.follow('ETHUSDT', QUARTER_HOUR, 'package:quarter_hour');
    await passTo(CLOSE + HOUR + 10_000);
    expect(behavior.streams).toBe(2);
    expect(live.status().map(({ timeframe }) => timeframe)).toEqual(['15m', '3m']);
    await live.unfollow('ETHUSDT', 'package:quarter_hour');
    expect(behavior.streams).toBe(1);
    await passTo(CLOSE + 4 * HOUR + 10_000);
    expect(live.status()).toMatchObject([{ timeframe: '15m', newest: CLOSE + 4 * HOUR - 15 * MINUTE }]);
    expect(rowsOf(candles)).toEqual(
      await recordedRows('15m', CLOSE, CLOSE + 4 * HOUR - 15 * MINUTE, recording),
    );
  });

  test('have separate websocket subscriptions, of which one ends without an interruption of the other', async () => {
    const market = await startFastMarket({ start: NOW, speed: 200, recording });
    const { live } = await market.open();
    live.follow('ETHUSDT', FIVE_MINUTES, 'package:five_minutes');
    live.follow('ETHUSDT', QUARTER_HOUR, 'package:quarter_hour');
    const states = () => live.status().map(({ timeframe, stream }) => `${timeframe} ${stream.state}`);
    await expect.poll(states).toEqual(['1m live', '3m live']);
    const subscriptions = () => [...market.server.stream.subscriptions].sort();
    expect(subscriptions()).toEqual(['ethusdt@kline_1m', 'ethusdt@kline_3m']);
    await live.unfollow('ETHUSDT', 'package:quarter_hour');
    await expect.poll(subscriptions).toEqual(['ethusdt@kline_1m']);
    const streamed = () => live.status()[0]?.streamed ?? 0;
    const before = streamed();
    await expect.poll(streamed).toBeGreaterThan(before + 3);
    expect(live.status()).toMatchObject([{ timeframe: '1m', stream: { state: 'live', interruptions: 0 } }]);
  });
});

test('a reason that is followed with another pipeline ends what only the first one needed', async () => {
  const { live, behavior, repository, passTo } = await openSimulatedMarket({
    ...{ start: NOW, recordings: [recording] },
  });
  live.follow('ETHUSDT', QUARTER_HOUR, 'package:alpha');
  await passTo(CLOSE + 30 * MINUTE + 10_000);
  live.follow('ETHUSDT', ONE_HOUR, 'package:alpha');
  await passTo(CLOSE + 2 * HOUR + 10_000);
  expect(live.followed()).toEqual([usedBy(ONE_HOUR)]);
  expect(live.status()).toMatchObject([{ timeframe: '5m' }]);
  expect(behavior.streams).toBe(1);
  expect(await repository.candles.newest('ETHUSDT', '15m', 1)).toMatchObject([
    { openTime: CLOSE + 15 * MINUTE },
  ]);
});

describe('the status of a symbol is that of its worst pipeline', () => {
  const both = usedBy(ONE_HOUR, FIVE_MINUTES);

  test('by the age of its candles relative to their timeframe', async () => {
    const { history, clock } = await startTestMarket({ now: NOW, recording });
    await history.window('ETHUSDT', ONE_HOUR);
    // One without any candle does not count: the market may not have its timeframe.
    expect(await history.symbols([both])).toMatchObject([
      { timeframe: '1h', newestCloseTime: CLOSE, ageMs: MINUTE, stale: false },
    ]);
    expect(await history.symbols([usedBy(FIVE_MINUTES)])).toMatchObject([
      { timeframe: '5m', newestCloseTime: null, ageMs: null, stale: true },
    ]);
    await history.window('ETHUSDT', FIVE_MINUTES);
    expect(await history.symbols([both])).toMatchObject([
      { timeframe: '5m', newestCloseTime: CLOSE, ageMs: MINUTE, stale: false },
    ]);
    clock.set(CLOSE + 21 * MINUTE);
    expect(await history.symbols([both])).toMatchObject([
      { timeframe: '5m', newestCloseTime: CLOSE, ageMs: 21 * MINUTE, stale: true },
    ]);
    expect(await history.symbols([usedBy(ONE_HOUR)])).toMatchObject([
      { timeframe: '1h', ageMs: 21 * MINUTE, stale: false },
    ]);
    clock.set(CLOSE + 80 * MINUTE);
    await history.window('ETHUSDT', FIVE_MINUTES);
    expect(await history.symbols([both])).toMatchObject([
      { timeframe: '1h', newestCloseTime: CLOSE, ageMs: 80 * MINUTE, stale: true },
    ]);
  });

  test('and its gaps, mismatches and errors are those of all', async () => {
    const hole = CLOSE - 10 * HOUR;
    const isThere = ({ openTime }: Candle) => openTime < hole || openTime >= hole + 5 * MINUTE;
    const withHole = { ...recording, candles: recording.candles.filter(isThere) };
    const { history, repository, server, clock } = await startTestMarket({
      ...{ now: NOW, recording: withHole, timers: acceleratedTimers(10) },
    });
    for (const pipeline of both.pipelines) await history.window('ETHUSDT', pipeline);
    for (const timeframe of ['5m', '1h', '15m'] as const) {
      const seen = { foundAt: NOW, requestedAt: NOW, requests: 1 };
      await repository.mismatches.put('ETHUSDT', { ...seen, timeframe, openTime: hole, problem: 'the low' });
    }
    const state = async () => (await history.symbols([both]))[0];
    expect(await state()).toMatchObject({
      filled: 1,
      gaps: [{ timeframe: '5m', from: hole }],
      lastError: null,
    });
    expect((await state())?.mismatches.map(({ timeframe }) => timeframe)).toEqual(['1h', '5m']);
    server.faults.add(outage);
    clock.set(CLOSE + 6 * MINUTE);
    await history.window('ETHUSDT', FIVE_MINUTES);
    expect((await state())?.lastError).toContain('HTTP 503');
  });
});

test('windows of different timeframes and lengths are downloaded apart, the funding once', async () => {
  const { history, requests } = await startTestMarket({ now: NOW, recording });
  await history.window('ETHUSDT', FOUR_HOURS);
  expect(requestCounts(requests)).toMatchObject({ klines: 1, fundingRate: 1 });
  await history.window('ETHUSDT', pipelineOf('1h', '5m'));
  await history.window('ETHUSDT', pipelineOf('1h', '5m', 400));
  // The longer one requests the 100 candles before the others, and the oldest of them twice (market.md#7).
  expect(requestCounts(requests)).toMatchObject({ klines: 4, fundingRate: 1 });
});

test('the status has the timeframes that a symbol is followed with, or else was requested with', async () => {
  const { history, clock } = await startTestMarket({ now: NOW, recording });
  await history.window('ETHUSDT', FOUR_HOURS);
  await history.window('ETHUSDT', ONE_HOUR);
  clock.set(CLOSE + 80 * MINUTE);
  const states = async (...followed: UsedMarket[]) =>
    (await history.symbols(followed)).map(({ symbol, timeframe, stale }) => [symbol, timeframe, stale]);
  expect(await states()).toEqual([['ETHUSDT', '1h', true]]);
  expect(await states(usedBy(FOUR_HOURS), { symbol: 'BTCUSDT', pipelines: [HALF_HOUR] })).toEqual([
    ['BTCUSDT', '30m', true],
    ['ETHUSDT', '4h', false],
  ]);
});

describe('candles that the market does not have', () => {
  const refusal =
    'binanceusdm did not give the 5m candles of BTCUSDT: Invalid interval. The recorded market has no 5m candles, ' +
    'only 3m, 15m, 30m, 1h, 2h, 4h, 1d. Use a decision_tf and intrabar_tf of these, or the live market.';

  test('are refused with what it has', async () => {
    const { history, exchange } = await startTestMarket({ now: NOW });
    const refused = { code: 'MARKET_UNAVAILABLE', message: refusal };
    await expect(history.candles('BTCUSDT', '5m', 1)).rejects.toMatchObject(refused);
    await expect(history.window('BTCUSDT', FIVE_MINUTES)).rejects.toMatchObject(refused);
    // The market works otherwise.
    expect(exchange.status()).toMatchObject({ circuit: { state: 'closed' }, lastError: null });
    expect((await history.window('BTCUSDT', ONE_HOUR)).closeTime).toBe(CLOSE);
  });

  test('are not subscribed to, and do not disturb the streams of others', async () => {
    const market = await startFastMarket({ start: NOW, speed: 300, recording: await testRecording() });
    const { live } = await market.open();
    live.follow('BTCUSDT', ONE_HOUR, 'package:one_hour');
    const { candles, follow } = candleRecorder(market, { pipeline: QUARTER_HOUR });
    follow(live);
    await expect.poll(() => candles.length).toBeGreaterThan(8);
    expect(live.status()).toMatchObject([
      {
        timeframe: '5m',
        newest: null,
        lastError: refusal,
        stream: { state: 'connecting', interruptions: 0 },
      },
      { timeframe: '3m', lastError: null, stream: { state: 'live', interruptions: 0 } },
    ]);
    expect(market.server.stream.subscriptions).toEqual(['btcusdt@kline_3m']);
  });
});
