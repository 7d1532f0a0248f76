import { describe, expect, test } from 'vitest';
import type { Candle } from '../../../src/candle.ts';
import { DEFAULT_PIPELINE } from '../../../src/pipeline/default-pipeline.ts';
import { CANDLE_3M, candleRecorder } from '../../helper/fast-market.ts';
import { CANDLE, MINUTE, recordedRows, rowsOf, testRecording } from '../../helper/market.ts';
import { type ExchangeBehavior, openSimulatedMarket } from '../../helper/simulated-market.ts';

const MARKET = { symbol: 'BTCUSDT', pipelines: [DEFAULT_PIPELINE] };
const START = Date.UTC(2025, 10, 27, 10, 1);
/** Open time of a decision candle that closes while the market is followed. */
const OPEN = Date.UTC(2025, 10, 27, 11);

const open = async (modify: ExchangeBehavior['modify']) =>
  openSimulatedMarket({ start: START, recordings: [await testRecording()], behavior: { modify } });

const higher = (candle: Candle): Candle => ({ ...candle, close: candle.high, volume: candle.volume + 1 });

describe('a 15m candle that its 3m candles contradict', () => {
  test('because the stream sent a wrong one is requested again and corrected', async () => {
    const wrong = OPEN + 2 * CANDLE_3M;
    const { live, repository, history, passTo } = await open((candle, timeframe, by) =>
      by === 'stream' && timeframe === '3m' && candle.openTime === wrong ? higher(candle) : candle,
    );
    live.follow('BTCUSDT', DEFAULT_PIPELINE, 'test');
    await passTo(wrong + CANDLE_3M + 1_000);
    const at = (time: number) => repository.candles.range('BTCUSDT', '3m', time, time);
    expect(rowsOf(await at(wrong))).not.toEqual(await recordedRows('3m', wrong, wrong));
    await passTo(OPEN + CANDLE + 10_000);
    expect(rowsOf(await at(wrong))).toEqual(await recordedRows('3m', wrong, wrong));
    expect((await history.symbols([MARKET]))[0]?.mismatches).toEqual([]);
  });

  test('because it is wrong itself is requested again, which changes the window', async () => {
    let now = () => START;
    const { live, history, clock, passTo } = await open((candle, timeframe) => {
      const wrong = timeframe === '15m' && candle.openTime === OPEN && now() < OPEN + CANDLE + 1_500;
      return wrong ? higher(candle) : candle;
    });
    now = clock;
    live.follow('BTCUSDT', DEFAULT_PIPELINE, 'test');
    const windows: string[] = [];
    live.onDecisionCandle(
      async () => void windows.push((await history.window('BTCUSDT', DEFAULT_PIPELINE)).revision),
    );
    await passTo(OPEN + CANDLE + 60_000);
    const window = await history.window('BTCUSDT', DEFAULT_PIPELINE);
    const newest = window.candles.at(-1) as Candle;
    expect(newest.openTime).toBe(OPEN);
    expect(rowsOf([newest])).toEqual(await recordedRows('15m', OPEN, OPEN));
    expect(window.revision).not.toBe(windows.at(-1));
  });

  test('at the exchange too is stored unchanged, listed, and requested less and less often', async () => {
    let corrected = false;
    const { live, repository, history, behavior, passTo } = await open((candle, timeframe) =>
      timeframe === '15m' && candle.openTime === OPEN && !corrected ? higher(candle) : candle,
    );
    live.follow('BTCUSDT', DEFAULT_PIPELINE, 'test');
    const found = OPEN + CANDLE;
    await passTo(found + 60_000);
    const mismatches = async () => (await history.symbols([MARKET]))[0]?.mismatches;
    const [recorded15m] = await recordedRows('15m', OPEN, OPEN);
    const [stored] = await repository.candles.range('BTCUSDT', '15m', OPEN, OPEN);
    expect(stored?.close).toBe(recorded15m?.[2]);
    expect(await mismatches()).toMatchObject([
      { openTime: OPEN, problem: expect.stringMatching(/^the close is .*; the volume is /), requests: 1 },
    ]);
    const [{ foundAt = 0 } = {}] = (await mismatches()) ?? [];
    expect(foundAt - found).toBeLessThan(10_000);
    // Decisions are still taken: the exchange has no other candle.
    expect((await history.window('BTCUSDT', DEFAULT_PIPELINE)).validity.ok).toBe(true);

    await passTo(found + 4 * 60 * MINUTE);
    // After 15, 30, 60 and 120 minutes.
    expect(await mismatches()).toMatchObject([{ foundAt, requests: 5 }]);

    // A restarted market finds it again, and knows it.
    await live.unfollow('BTCUSDT', 'test');
    live.follow('BTCUSDT', DEFAULT_PIPELINE, 'test');
    await passTo(found + 4 * 60 * MINUTE + 30_000);
    expect(await mismatches()).toMatchObject([{ foundAt, requests: 5 }]);
    corrected = true;
    const before = behavior.requests;
    await passTo(found + 9 * 60 * MINUTE);
    expect(await mismatches()).toEqual([]);
    expect(rowsOf(await repository.candles.range('BTCUSDT', '15m', OPEN, OPEN))).toEqual([recorded15m]);
    expect(behavior.requests - before).toBeLessThan(100);
  });

  test('days ago is found too, once an account needs its candles', async () => {
    const old = START - (START % CANDLE) - 4 * 24 * 60 * MINUTE;
    const { live, history, repository, clock, passTo } = await open((candle, timeframe) =>
      timeframe === '15m' && candle.openTime === old + 50 * CANDLE ? higher(candle) : candle,
    );
    const { candles, follow } = candleRecorder({ repository, clock }, { from: old });
    follow(live);
    await passTo(START + 5 * MINUTE);
    expect(candles.length).toBeGreaterThan(4 * 480);
    expect((await history.symbols([MARKET]))[0]?.mismatches).toMatchObject([
      { openTime: old + 50 * CANDLE, requests: 1 },
    ]);
  });
});

test('hours that agree need no further request', async () => {
  const { live, history, behavior, passTo } = await open((candle) => candle);
  live.follow('BTCUSDT', DEFAULT_PIPELINE, 'test');
  await passTo(START + 60 * MINUTE);
  const before = behavior.requests;
  await passTo(START + 7 * 60 * MINUTE);
  // One for each 15m candle, and one for funding each hour.
  expect(behavior.requests - before).toBe(24 + 6);
  expect((await history.symbols([MARKET]))[0]?.mismatches).toEqual([]);
});
