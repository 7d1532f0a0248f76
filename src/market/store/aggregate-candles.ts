import type { Candle } from '../../candle.ts';

/**
 * One candle over `parts` (in order of time, at least one) that opens at `openTime`. The sum of the volumes is
 * rounded to `volumeDecimals`, because adding them in binary leaves dust behind.
 */
export function aggregateCandles(openTime: number, parts: readonly Candle[], volumeDecimals: number): Candle {
  const first = parts[0];
  const last = parts.at(-1);
  if (first === undefined || last === undefined) throw new Error(`No candles to aggregate at ${openTime}`);
  let { high, low } = first;
  let volume = 0;
  for (const part of parts) {
    high = Math.max(high, part.high);
    low = Math.min(low, part.low);
    volume += part.volume;
  }
  return {
    openTime,
    open: first.open,
    high,
    low,
    close: last.close,
    volume: Number(volume.toFixed(volumeDecimals)),
  };
}
