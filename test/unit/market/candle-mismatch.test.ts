import { describe, expect, test } from 'vitest';
import type { Candle } from '../../../src/candle.ts';
import { aggregateCandles } from '../../../src/market/store/aggregate-candles.ts';
import { candleMismatch } from '../../../src/market/sync/candle-mismatch.ts';
import { MINUTE, testRecording, walk } from '../../helper/market.ts';

const START = Date.UTC(2025, 10, 10);
const { candles } = walk({ timeframe: '3m', start: START, count: 5 });
const candle15m = aggregateCandles(START, candles, 8);

test('a 15m candle agrees with its 3m candles', () => {
  expect(candleMismatch(candle15m, candles, '3m')).toBeUndefined();
});

describe('a 15m candle does not agree with', () => {
  test.each<[keyof Candle, number, string]>([
    [
      'open',
      candle15m.open + 0.01,
      `the open is ${candle15m.open + 0.01} but ${candle15m.open} in its 3m candles`,
    ],
    ['high', candle15m.high + 1, 'the high is'],
    ['low', candle15m.low - 1, 'the low is'],
    ['close', candle15m.close - 0.01, 'the close is'],
    ['volume', candle15m.volume + 0.001, 'the volume is'],
    ['volume', 0, `the volume is 0 but ${candle15m.volume} in its 3m candles`],
  ])('another %s', (field, value, words) => {
    expect(candleMismatch({ ...candle15m, [field]: value }, candles, '3m')).toContain(words);
  });

  test('several other fields, and all are named', () => {
    const problem = candleMismatch({ ...candle15m, open: 1, close: 2 }, candles, '3m');
    expect(problem).toMatch(/^the open is .*; the close is /);
  });
});

test('rounding errors of added volumes are no difference, at any size', async () => {
  const recording = await testRecording();
  for (const scale of [1, 1e6, 1e-3]) {
    for (let index = 0; index + 5 <= 2_000; index += 5) {
      const inside = recording.candles
        .slice(index, index + 5)
        .map((candle) => ({ ...candle, volume: candle.volume * scale }));
      const volume = inside.toReversed().reduce((sum, candle) => candle.volume + sum, 0);
      const made = { ...aggregateCandles(inside[0]!.openTime, inside, 8), volume };
      expect(candleMismatch(made, inside, '3m')).toBeUndefined();
    }
  }
  expect(recording.candles[1]!.openTime - recording.candles[0]!.openTime).toBe(3 * MINUTE);
});
