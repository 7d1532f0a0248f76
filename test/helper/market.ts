import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { loadRecording, type Recording } from '../../simulator/recording.ts';
import { replayOf } from '../../simulator/replay.ts';
import { type Candle, TIMEFRAME_MS, type Timeframe } from '../../src/candle.ts';

export const MINUTE = 60_000;
export const CANDLE = TIMEFRAME_MS['15m'];
const PROJECT = fileURLToPath(new URL('../../', import.meta.url));

export const FIXTURES = join(PROJECT, 'test/fixtures');

let loaded: Promise<Recording> | undefined;
/**
 * Four weeks from 2025-11-10, which the golden numbers of tests are of. Every repetition has the recorded prices, so that
 * they hold in any year; the price jumps between two.
 */
export function testRecording(): Promise<Recording> {
  loaded ??= loadRecording(join(FIXTURES, 'recording')).then((recording) => ({
    ...recording,
    repeatFactor: 1,
  }));
  return loaded;
}

export function gunzipJson(file: string): unknown {
  return JSON.parse(gunzipSync(readFileSync(join(FIXTURES, file))).toString('utf8'));
}

/** A recording of generated candles without price jumps; equal arguments give equal candles. */
export function walk(options: {
  symbol?: string;
  timeframe?: Timeframe;
  start: number;
  count: number;
  price?: number;
}) {
  const { timeframe = '15m', start, count, price = 3000 } = options;
  const candles: Candle[] = [];
  let close = price;
  for (let index = 0; index < count; index += 1) {
    const open = close;
    close = Number((open * (1 + 0.002 * Math.sin(index * 1.7) + 0.0007 * Math.cos(index * 0.31))).toFixed(2));
    const high = Number((Math.max(open, close) * 1.001).toFixed(2));
    const low = Number((Math.min(open, close) * 0.999).toFixed(2));
    const openTime = start + index * TIMEFRAME_MS[timeframe];
    candles.push({ openTime, open, high, low, close, volume: 10 + (index % 97) / 8 });
  }
  const funding = [];
  const eightHours = 8 * 60 * MINUTE;
  const end = start + count * TIMEFRAME_MS[timeframe];
  for (let time = Math.ceil(start / eightHours) * eightHours; time < end; time += eightHours) {
    funding.push({ time, rate: 0.0001 });
  }
  const recording: Recording = {
    symbol: options.symbol ?? 'ETHUSDT',
    timeframe,
    candles,
    funding,
    repeats: false,
  };
  return recording;
}

/** [open time, open, high, low, close, volume] of candles. */
export const rowsOf = (candles: readonly Candle[]) =>
  candles.map(({ openTime, open, high, low, close, volume }) => [openTime, open, high, low, close, volume]);

/** Rows of the recorded candles that open from `from` to `to`, both included. */
export async function recordedRows(
  timeframe: Timeframe,
  from: number,
  to: number,
  recording?: Recording,
): Promise<(readonly number[])[]> {
  const replay = replayOf(recording ?? (await testRecording()));
  return rowsOf(replay.candles(timeframe, { from, to, limit: 1e6, now: to + TIMEFRAME_MS[timeframe] }));
}

/** Rows of the recorded window whose newest decision candle opens at `newest`. */
export function recordedWindow(newest: number, recording?: Recording): Promise<(readonly number[])[]> {
  return recordedRows('15m', newest - 1499 * CANDLE, newest, recording);
}
