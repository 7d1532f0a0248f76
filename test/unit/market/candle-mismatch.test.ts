import { describe, expect, test } from 'vitest';
import type { Candle } from '../../../src/candle.ts';
import { aggregateCandles } from '../../../src/market/store/aggregate-candles.ts';
import { candleMismatch } from '../../../src/market/sync/candle-mismatch.ts';
import { MINUTE, shippedRecording, walk } from '../../helper/market.ts';

const START = Date.UTC(2025, 10, 10);
const { candles } = walk({ timeframe: '3m', start: START, count: 5 });
const quarter = aggregateCandles(START, candles, 8);

test('a 15m candle agrees with the 3m candles that it is made of', () => {
  expect(candleMismatch(quarter, candles)).toBeUndefined();
});

describe('it does not with', () => {
  test.each<[keyof Candle, number, string]>([
    ['open', quarter.open + 0.01, `the open is ${quarter.open + 0.01} but ${quarter.open} in its 3m candles`],
    ['high', quarter.high + 1, 'the high is'],
    ['low', quarter.low - 1, 'the low is'],
    ['close', quarter.close - 0.01, 'the close is'],
    ['volume', quarter.volume + 0.001, 'the volume is'],
    ['volume', 0, `the volume is 0 but ${quarter.volume} in its 3m candles`],
  ])('another %s', (field, value, words) => {
    expect(candleMismatch({ ...quarter, [field]: value }, candles)).toContain(words);
  });

  test('several others, and names all', () => {
    const problem = candleMismatch({ ...quarter, open: 1, close: 2 }, candles);
    expect(problem).toMatch(/^the open is .*; the close is /);
  });
});

test('the dust of adding volumes in binary is no difference, however large they are', async () => {
  const recording = await shippedRecording();
  for (const scale of [1, 1e6, 1e-3]) {
    for (let index = 0; index + 5 <= 2_000; index += 5) {
      const parts = recording.candles
        .slice(index, index + 5)
        .map((candle) => ({ ...candle, volume: candle.volume * scale }));
      const volume = parts.toReversed().reduce((sum, part) => part.volume + sum, 0);
      const made = { ...aggregateCandles(parts[0]!.openTime, parts, 8), volume };
      expect(candleMismatch(made, parts)).toBeUndefined();
    }
  }
  expect(recording.candles[1]!.openTime - recording.candles[0]!.openTime).toBe(3 * MINUTE);
});
