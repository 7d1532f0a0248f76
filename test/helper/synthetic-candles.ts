import type { Candle } from '../../src/candle.ts';

export const SYNTHETIC_START = 1_700_000_100_000;

/** A random walk of 15-minute candles, bit-identical to that of test/fixtures/features/make_reference.py. */
export function syntheticCandles(seed: number, price: number, count: number): Candle[] {
  let state = seed;
  const draw = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  let open = price;
  return Array.from({ length: count }, (_, i) => {
    const draws = [draw(), draw(), draw(), draw()] as const;
    const close = open * (1 + (draws[0] - 0.5) * 0.01);
    const high = Math.max(open, close) * (1 + draws[1] * 0.002);
    const low = Math.min(open, close) * (1 - draws[2] * 0.002);
    const candle = {
      openTime: SYNTHETIC_START + i * 900_000,
      open,
      high,
      low,
      close,
      volume: 1000 * draws[3],
    };
    open = close;
    return candle;
  });
}

/** The candles with `count` flat ones without volume from index `start` on. */
export function flatten(candles: readonly Candle[], start: number, count: number): Candle[] {
  const price = candles[start]!.open;
  return candles.map((candle, i) =>
    i < start || i >= start + count
      ? candle
      : { openTime: candle.openTime, open: price, high: price, low: price, close: price, volume: 0 },
  );
}

/** The candles with one whose high is multiplied by a thousand. */
export function spike(candles: readonly Candle[], index: number): Candle[] {
  return candles.map((candle, i) =>
    i === index ? { ...candle, high: candle.high * 1000, close: candle.close * 500, volume: 1e18 } : candle,
  );
}
