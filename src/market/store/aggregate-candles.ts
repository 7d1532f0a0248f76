import type { Candle } from '../../candle.ts';

/**
 * One longer candle that opens at `openTime`, of shorter `candles` (in order of time, at least one). The sum of the
 * volumes is rounded to `volumeDecimals`, because binary addition is not exact.
 */
export function aggregateCandles(
  openTime: number,
  candles: readonly Candle[],
  volumeDecimals: number,
): Candle {
  const [first] = candles;
  const last = candles.at(-1);
  if (first === undefined || last === undefined) throw new Error(`No candles to aggregate at ${openTime}`);
  const high = Math.max(...candles.map((candle) => candle.high));
  const low = Math.min(...candles.map((candle) => candle.low));
  const volume = candles.reduce((sum, candle) => sum + candle.volume, 0);
  const rounded = Number(volume.toFixed(volumeDecimals));
  return { openTime, open: first.open, high, low, close: last.close, volume: rounded };
}
