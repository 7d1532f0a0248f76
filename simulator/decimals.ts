import type { Candle } from '../src/candle.ts';

/** Decimals of prices and volumes. */
export interface Decimals {
  readonly price: number;
  readonly volume: number;
}

/** The largest numbers of decimals in `candles`. */
export function decimalsOf(candles: readonly Candle[]): Decimals {
  return {
    price: maxDecimals(pricesOf(candles)),
    volume: maxDecimals(candles.map(({ volume }) => volume)),
  };
}

/** The candle with its prices times `factor`, rounded to `decimals`; its volume in coins stays. */
export function scaledCandle(candle: Candle, factor: number, decimals: number): Candle {
  if (factor === 1) return candle;
  const unit = 10 ** decimals;
  const scaled = (price: number) => Math.round(price * factor * unit) / unit;
  const { open, high, low, close } = candle;
  return { ...candle, open: scaled(open), high: scaled(high), low: scaled(low), close: scaled(close) };
}

function maxDecimals(values: Iterable<number>): number {
  let max = 0;
  for (const value of values) if (!hasDecimals(value, max)) max = Math.max(max, countDecimals(value));
  return Math.min(max, 20);
}

/** Whether `places` decimals are certainly enough; faster than formatting the number. */
function hasDecimals(value: number, places: number): boolean {
  const shifted = value * 10 ** places;
  return Math.abs(shifted) < Number.MAX_SAFE_INTEGER && Math.round(shifted) / 10 ** places === value;
}

function countDecimals(value: number): number {
  const [digits = '', exponent = '0'] = String(value).split('e');
  const point = digits.indexOf('.');
  return Math.max(0, (point === -1 ? 0 : digits.length - point - 1) - Number(exponent));
}

function* pricesOf(candles: readonly Candle[]): Generator<number> {
  for (const { open, high, low, close } of candles) yield* [open, high, low, close];
}
