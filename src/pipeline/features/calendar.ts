import { DAY_MS, MINUTE_MS } from '../../candle.ts';

const HOUR_MS = 60 * MINUTE_MS;
/** 1970-01-01 was a Thursday; weekdays count from Monday = 0. */
const EPOCH_WEEKDAY = 3;

function circle(steps: number, wave: (angle: number) => number): Float64Array {
  return Float64Array.from({ length: steps }, (_, step) => wave((2 * Math.PI * step) / steps));
}

/** Sine and cosine of the time of day by UTC hour, 0..23 (features.md#23, features.md#24). */
export const HOUR_SIN = circle(24, Math.sin);
export const HOUR_COS = circle(24, Math.cos);

/** Sine and cosine of the time of week by UTC weekday, Monday = 0 (features.md#25, features.md#26). */
export const WEEKDAY_SIN = circle(7, Math.sin);
export const WEEKDAY_COS = circle(7, Math.cos);

/** UTC hour, 0..23, of a time in ms. */
export function utcHour(time: number): number {
  return Math.floor(remainder(time, DAY_MS) / HOUR_MS);
}

/** UTC weekday, Monday = 0, of a time in ms. */
export function utcWeekday(time: number): number {
  return remainder(Math.floor(time / DAY_MS) + EPOCH_WEEKDAY, 7);
}

/** 15-minute steps until the next 8-hour settlement, 1..32 (features.md#28). */
export function stepsToNextFunding(time: number): number {
  // 4 * (hour mod 8) + minute/15 is the number of such steps since the last settlement.
  return 32 - Math.floor(remainder(time, 8 * HOUR_MS) / MINUTE_MS) / 15;
}

/** `%` is slow for numbers beyond 32 bits: it would take a third of the time of a row of features. */
function remainder(value: number, divisor: number): number {
  return value - Math.floor(value / divisor) * divisor;
}
