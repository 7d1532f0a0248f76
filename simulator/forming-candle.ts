import type { Candle } from '../src/candle.ts';

/**
 * A recorded candle after `fraction` (0..1) of its time. The recording does not say how the price moved inside it, so
 * the price moves evenly from the open to the extreme opposite to the close, to the other extreme, to the close; volume
 * grows evenly. Numbers are rounded to the given decimals.
 */
export function candleSoFar(
  candle: Candle,
  fraction: number,
  decimals: { readonly price: number; readonly volume: number },
): Candle {
  const { openTime, open, high, low, close } = candle;
  const [firstExtreme, secondExtreme] = close >= open ? [low, high] : [high, low];
  const path = [open, firstExtreme, secondExtreme, close] as const;
  const position = Math.min(Math.max(fraction, 0), 1) * 3;
  const leg = Math.min(Math.floor(position), 2);
  const from = path[leg] as number;
  const to = path[leg + 1] as number;
  const price = Number((from + (to - from) * (position - leg)).toFixed(decimals.price));
  const seen = [...path.slice(0, leg + 1), price];
  return {
    openTime,
    open,
    high: Math.max(...seen),
    low: Math.min(...seen),
    close: price,
    volume: Number((candle.volume * Math.min(Math.max(fraction, 0), 1)).toFixed(decimals.volume)),
  };
}
