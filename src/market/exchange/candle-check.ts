import { type Candle, TIMEFRAME_MS, type Timeframe } from '../../candle.ts';

const FIELDS = ['openTime', 'open', 'high', 'low', 'close', 'volume'] as const;
/** The latest time that an ECMAScript date can hold, in ms. */
const LATEST_TIME_MS = 8.64e15;

/** What is wrong with a candle from outside, with the numbers; undefined for a valid one (market.md#6). */
export function candleProblem(candle: Candle, timeframe: Timeframe): string | undefined {
  const { openTime, open, high, low, close, volume } = candle;
  if (!Number.isSafeInteger(openTime) || openTime < 0 || openTime > LATEST_TIME_MS) {
    return `the open time ${openTime} is not a time in ms`;
  }
  if (openTime % TIMEFRAME_MS[timeframe] !== 0) {
    return `the open time ${openTime} is not a multiple of ${timeframe}`;
  }
  for (const [name, price] of Object.entries({ open, high, low, close })) {
    if (!Number.isFinite(price) || price <= 0) return `the ${name} ${price} at ${openTime} is not a price`;
  }
  if (high < Math.max(open, close))
    return `the high ${high} at ${openTime} is below open ${open} or close ${close}`;
  if (low > Math.min(open, close))
    return `the low ${low} at ${openTime} is above open ${open} or close ${close}`;
  if (!Number.isFinite(volume) || volume < 0) return `the volume ${volume} at ${openTime} is not a volume`;
  return undefined;
}

/** A candle of `[time, open, high, low, close, volume]`; not checked. */
export function candleOfNumbers(numbers: readonly number[]): Candle {
  const [openTime, open, high, low, close, volume] = numbers;
  return { openTime, open, high, low, close, volume } as Candle;
}

/** Whether two candles are equal in all numbers. */
export function sameCandle(a: Candle, b: Candle): boolean {
  return FIELDS.every((field) => a[field] === b[field]);
}
