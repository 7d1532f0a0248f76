import { describe, expect, test } from 'vitest';
import { createReplay } from '../../../simulator/replay.ts';
import type { Candle, Timeframe } from '../../../src/candle.ts';
import { CANDLE_3M, candleRecorder } from '../../helper/live-market.ts';
import { CANDLE, MINUTE, rowsOf, shippedRecording } from '../../helper/market.ts';
import { type ExchangeBehaviour, openSimulatedMarket } from '../../helper/simulated-market.ts';

const START = Date.UTC(2025, 10, 27, 10, 1);
/** A 15m candle that closes while the market is open. */
const DECISION_CANDLE = Date.UTC(2025, 10, 27, 11);

const open = async (spoil: ExchangeBehaviour['spoil']) =>
  openSimulatedMarket({ start: START, recordings: [await shippedRecording()], behaviour: { spoil } });

async function recordedRows(timeframe: Timeframe, from: number, to: number) {
  const { candles } = createReplay(await shippedRecording());
  return rowsOf(candles(timeframe, { from, to, limit: 1e6, now: to + CANDLE }));
}

const higher = (candle: Candle): Candle => ({ ...candle, close: candle.high, volume: candle.volume + 1 });

describe('a 15m candle that its 3m candles contradict', () => {
  test('because of a wrong streamed candle is requested again and corrected', async () => {
    const wrong = DECISION_CANDLE + 2 * CANDLE_3M;
    const { live, repository, history, passTo } = await open((candle, timeframe, by) =>
      by === 'stream' && timeframe === '3m' && candle.openTime === wrong ? higher(candle) : candle,
    );
    live.follow('BTCUSDT', 'test');
    await passTo(wrong + CANDLE_3M + 1_000);
    const at = (time: number) => repository.candles.range('BTCUSDT', '3m', time, time);
    expect(rowsOf(await at(wrong))).not.toEqual(await recordedRows('3m', wrong, wrong));
    await passTo(DECISION_CANDLE + CANDLE + 10_000);
    expect(rowsOf(await at(wrong))).toEqual(await recordedRows('3m', wrong, wrong));
    expect((await history.status(['BTCUSDT'])).symbols[0]?.mismatches).toEqual([]);
  });

  test('because it was wrong itself is requested again, and the window changes', async () => {
    let now = () => START;
    const { live, history, clock, passTo } = await open((candle, timeframe) => {
      const wrong =
        timeframe === '15m' &&
        candle.openTime === DECISION_CANDLE &&
        now() < DECISION_CANDLE + CANDLE + 1_500;
      return wrong ? higher(candle) : candle;
    });
    now = clock;
    live.follow('BTCUSDT', 'test');
    const windows: string[] = [];
    live.onDecisionCandle(async () => void windows.push((await history.window('BTCUSDT')).revision));
    await passTo(DECISION_CANDLE + CANDLE + 60_000);
    const window = await history.window('BTCUSDT');
    const newest = window.candles.at(-1) as Candle;
    expect(newest.openTime).toBe(DECISION_CANDLE);
    expect(rowsOf([newest])).toEqual(await recordedRows('15m', DECISION_CANDLE, DECISION_CANDLE));
    expect(window.revision).not.toBe(windows.at(-1));
  });

  test('at the exchange too is stored unchanged, recorded, and requested again with growing pauses', async () => {
    let corrected = false;
    const { live, repository, history, behaviour, passTo } = await open((candle, timeframe) =>
      timeframe === '15m' && candle.openTime === DECISION_CANDLE && !corrected ? higher(candle) : candle,
    );
    live.follow('BTCUSDT', 'test');
    const found = DECISION_CANDLE + CANDLE;
    await passTo(found + 60_000);
    const mismatches = async () => (await history.status(['BTCUSDT'])).symbols[0]?.mismatches;
    const [recorded15m] = await recordedRows('15m', DECISION_CANDLE, DECISION_CANDLE);
    const [stored] = await repository.candles.range('BTCUSDT', '15m', DECISION_CANDLE, DECISION_CANDLE);
    expect(stored?.close).toBe(recorded15m?.[2]);
    expect(await mismatches()).toMatchObject([
      {
        openTime: DECISION_CANDLE,
        problem: expect.stringMatching(/^the close is .*; the volume is /),
        requests: 1,
      },
    ]);
    const [{ foundAt = 0 } = {}] = (await mismatches()) ?? [];
    expect(foundAt - found).toBeLessThan(10_000);
    // A decision is still made: these are the exchange's candles.
    expect((await history.window('BTCUSDT')).validity.ok).toBe(true);

    await passTo(found + 4 * 60 * MINUTE);
    // After 15, 30, 60 and 120 minutes.
    expect(await mismatches()).toMatchObject([{ foundAt, requests: 5 }]);

    // After a restart, the stored mismatch is not reported again.
    await live.unfollow('BTCUSDT', 'test');
    live.follow('BTCUSDT', 'test');
    await passTo(found + 4 * 60 * MINUTE + 30_000);
    expect(await mismatches()).toMatchObject([{ foundAt, requests: 5 }]);
    corrected = true;
    const before = behaviour.requests;
    await passTo(found + 9 * 60 * MINUTE);
    expect(await mismatches()).toEqual([]);
    expect(
      rowsOf(await repository.candles.range('BTCUSDT', '15m', DECISION_CANDLE, DECISION_CANDLE)),
    ).toEqual([recorded15m]);
    expect(behaviour.requests - before).toBeLessThan(100);
  });

  test('is found in older candles that a follower includes', async () => {
    const old = START - (START % CANDLE) - 4 * 24 * 60 * MINUTE;
    const { live, history, repository, clock, passTo } = await open((candle, timeframe) =>
      timeframe === '15m' && candle.openTime === old + 50 * CANDLE ? higher(candle) : candle,
    );
    const { candles, follow } = candleRecorder({ repository, clock }, { from: old });
    follow(live);
    await passTo(START + 5 * MINUTE);
    expect(candles.length).toBeGreaterThan(4 * 480);
    expect((await history.status(['BTCUSDT'])).symbols[0]?.mismatches).toMatchObject([
      { openTime: old + 50 * CANDLE, requests: 1 },
    ]);
  });
});

test('candles without a mismatch need no additional requests', async () => {
  const { live, history, behaviour, passTo } = await open((candle) => candle);
  live.follow('BTCUSDT', 'test');
  await passTo(START + 60 * MINUTE);
  const before = behaviour.requests;
  await passTo(START + 7 * 60 * MINUTE);
  // One for each 15m candle, and one for funding each hour.
  expect(behaviour.requests - before).toBe(24 + 6);
  expect((await history.status(['BTCUSDT'])).symbols[0]?.mismatches).toEqual([]);
});
