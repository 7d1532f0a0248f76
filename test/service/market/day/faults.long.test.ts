import { expect, test } from 'vitest';
import type { Endpoint, Fault } from '../../../../simulator/faults.ts';
import { createReplay } from '../../../../simulator/replay.ts';
import { TIMEFRAME_MS, type Timeframe } from '../../../../src/candle.ts';
import { DEFAULT_PIPELINE } from '../../../../src/pipeline/default-pipeline.ts';
import { CANDLE_3M, candleRecorder, startFastMarket } from '../../../helper/fast-market.ts';
import {
  CANDLE,
  MINUTE,
  recordedRows,
  recordedWindow,
  rowsOf,
  testRecording,
} from '../../../helper/market.ts';
import { seededRandom } from '../../../helper/random.ts';

const DAY = 24 * 60 * MINUTE;
const START = Date.UTC(2025, 10, 25, 10);
/** How long the day takes. */
const SECONDS = Number(process.env.MARKET_DAY_SECONDS ?? 16);
const SEED = Number(process.env.MARKET_DAY_SEED ?? 20261122);

const endpoints: Endpoint[] = ['klines', 'klines', 'klines', 'fundingRate', 'time', 'exchangeInfo', 'ticker'];

function randomFault(random: () => number, now: number): Fault {
  const from = Math.floor(now / CANDLE_3M) * CANDLE_3M - Math.floor(random() * 20) * CANDLE_3M;
  const faults: Fault[] = [
    { kind: 'hang' },
    { kind: 'reset' },
    { kind: 'reset', midBody: true },
    { kind: 'drip', bytes: 20, everyMs: 10 },
    { kind: 'delay', ms: 30 },
    { kind: 'status', status: 429, retryAfterSeconds: 30 },
    { kind: 'status', status: 418, retryAfterSeconds: 120 },
    { kind: 'status', status: 500 },
    { kind: 'status', status: 502 },
    { kind: 'status', status: 503 },
    { kind: 'html' },
    { kind: 'truncated' },
    { kind: 'empty' },
    { kind: 'wrong-symbol' },
    { kind: 'duplicated' },
    { kind: 'unsorted' },
    { kind: 'overlapping' },
    { kind: 'garbage' },
    { kind: 'future' },
    { kind: 'gap', from, to: from + Math.floor(random() * 10) * CANDLE_3M },
    { kind: 'clock', offsetMs: 1000 },
    { kind: 'clock', offsetMs: -5 * MINUTE },
    { kind: 'clock', offsetMs: 60 * MINUTE },
  ];
  return faults[Math.floor(random() * faults.length)] as Fault;
}

test('a day of random faults ends with a store that equals the recording', async () => {
  const speed = Math.ceil(DAY / (SECONDS * 1000));
  const desk = await startFastMarket({ start: START, speed });
  const { server, repository, clock, timers } = desk;
  const { live, history } = await desk.open();
  const from = START - 60 * MINUTE;
  const { candles: read, follow } = candleRecorder(desk, { from });
  follow(live);
  const random = seededRandom(SEED);
  let mostWeight = 0;
  let silent = false;
  let decided = 0;

  while (clock() < START + DAY) {
    const chance = random();
    if (chance < 0.1) server.stream.disconnect();
    if (chance > 0.85) {
      silent = !silent;
      if (silent) server.stream.silence();
      else server.stream.resume();
    }
    const endpoint = endpoints[Math.floor(random() * endpoints.length)] as Endpoint;
    server.faults.add({ endpoint, fault: randomFault(random, clock()), times: 1 + Math.floor(random() * 3) });
    await timers.sleep((60 + random() * 150) * speed);
    mostWeight = Math.max(mostWeight, server.usedWeight);
    const window = await history.window('BTCUSDT', DEFAULT_PIPELINE).catch(() => undefined);
    if (window?.validity.ok !== true) continue;
    decided += 1;
    // Every window that allows a decision equals the recording.
    const bad = window.candles.filter(({ filled }) => filled).length;
    if (bad === 0) expect(rowsOf(window.candles)).toEqual(await recordedWindow(window.closeTime - CANDLE));
    else expect(bad).toBeLessThanOrEqual(8);
  }
  server.faults.clear();
  server.stream.resume();
  expect(decided).toBeGreaterThan(10);
  expect(mostWeight).toBeLessThan(2400);

  const replay = createReplay(await testRecording());
  const until = START + DAY;
  const storedRows = async (timeframe: Timeframe, start: number) =>
    rowsOf(await repository.candles.range('BTCUSDT', timeframe, start, until));
  for (const [timeframe, start] of [
    ['3m', from],
    ['15m', START - 1000 * CANDLE],
  ] as const) {
    await expect
      .poll(async () => (await storedRows(timeframe, start)).length, { interval: 100 })
      .toBe((until - start) / TIMEFRAME_MS[timeframe] + 1);
    await expect
      .poll(() => storedRows(timeframe, start), { interval: 300 })
      .toEqual(await recordedRows(timeframe, start, until));
  }
  const settled = await repository.funding.range('BTCUSDT', START - DAY, until);
  expect(settled).toEqual(replay.funding({ from: START - DAY, to: until, limit: 1e6, now: until }));

  await expect.poll(() => read.at(-1)?.openTime ?? 0).toBeGreaterThan(until);
  const times = read.map(({ openTime }) => openTime);
  expect(times).toEqual(times.map((_, index) => from + index * CANDLE_3M));
  const expected = new Map((await recordedRows('3m', from, until)).map((row) => [row[0], row]));
  for (const candle of read) {
    if (!candle.filled && candle.openTime <= until)
      expect(rowsOf([candle])).toEqual([expected.get(candle.openTime)]);
  }
  expect(read.filter(({ filled }) => filled).length).toBeLessThan(10);
}, 600_000);
