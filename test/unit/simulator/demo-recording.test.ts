import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { joinStretches } from '../../../simulator/join-stretches.ts';
import { loadRecording, moveRecording, moveToLastWeek, WEEK_MS } from '../../../simulator/recording.ts';
import { createReplay } from '../../../simulator/replay.ts';
import { PROJECT_ROOT } from '../../../src/runtime/project-root.ts';
import { walk } from '../../helper/market.ts';

const FOLDER = join(PROJECT_ROOT, 'recording');
const recording = await loadRecording(FOLDER);
const { candles, stretches } = recording;
const START = candles[0]!.openTime;
const END = candles.at(-1)!.openTime + 180_000;

describe('the recording of the demo', () => {
  test('has ten weeks from a Monday, in less than 1.5 MB', async () => {
    expect((END - START) / WEEK_MS).toBe(10);
    expect(new Date(START).getUTCDay()).toBe(1);
    expect(recording.funding).toHaveLength(70 * 3);
    const files = await readdir(FOLDER);
    const sizes = await Promise.all(files.map(async (file) => (await stat(join(FOLDER, file))).size));
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(1_500_000);
  });

  test('has a first stretch that is scaled to join the second, which is moved by whole weeks', () => {
    expect(stretches).toEqual([
      { from: START, to: Date.UTC(2025, 3, 7), start: START, factor: 94230.2 / 78390 },
      {
        from: Date.UTC(2025, 4, 5),
        to: Date.UTC(2025, 5, 23),
        start: START + 3 * WEEK_MS,
        factor: 1,
      },
    ]);
  });

  test('has no jump of the price, also where it begins anew', () => {
    const replay = createReplay(recording);
    const from = END - 11 * WEEK_MS;
    const played = replay.candles('3m', { from, to: undefined, limit: 1e6, now: END + WEEK_MS - 1 });
    expect(played).toHaveLength((12 * WEEK_MS) / 180_000);
    const jumps = played.slice(1).map(({ open }, index) => Math.abs(open / played[index]!.close - 1));
    expect(Math.max(...jumps)).toBeLessThan(0.004);
    expect(replay.lastSeam(START + 3 * WEEK_MS)).toEqual({
      time: START + 3 * WEEK_MS,
      factor: 1,
    });
  });

  test.each(['2026-11-30T00:00:00Z', '2026-12-03T14:00:01Z', '2026-12-06T23:59:59Z', '2031-01-01T00:00:00Z'])(
    'is moved by whole weeks so that %s is in its last week',
    (at) => {
      const by = moveToLastWeek(recording, Date.parse(at));
      expect(by % WEEK_MS).toBe(0);
      const age = Date.parse(at) - (END + by - WEEK_MS);
      expect(age).toBeGreaterThanOrEqual(0);
      expect(age).toBeLessThan(WEEK_MS);
      const moved = createReplay(moveRecording(recording, by));
      const played = moved.candles('3m', { from: START + by, to: undefined, limit: 1e6, now: END + by - 1 });
      expect(played.slice(0, -1)).toEqual(
        candles.slice(0, -1).map((candle) => ({ ...candle, openTime: candle.openTime + by })),
      );
      expect(moved.lastSeam(Date.parse(at))?.time).toBe(START + by + 3 * WEEK_MS);
    },
  );
});

test('funding between two stretches is left out', () => {
  const { candles, funding } = walk({ start: START, count: 200 });
  const joined = joinStretches(candles.toSpliced(50, 100), funding, '15m');
  expect(joined.stretches.map(({ start }) => start)).toEqual([START, candles[50]!.openTime]);
  expect(joined.candles.map(({ openTime }) => openTime)).toEqual(
    candles.slice(0, 100).map(({ openTime }) => openTime),
  );
  const kept = funding.filter(({ time }) => time < candles[50]!.openTime || time >= candles[150]!.openTime);
  expect(joined.funding).toHaveLength(kept.length);
});
