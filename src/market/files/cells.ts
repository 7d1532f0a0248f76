import { parseWrittenTime } from '../../runtime/utc-time.ts';

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
/** Times from 1973 to 5138 are told apart by their size: seconds below this, then ms, µs and ns, a thousand times each. */
const FIRST_MS = 1e11;

/** The number in a cell; NaN if there is none. */
export function numberOfCell(cell: string): number {
  return NUMBER.test(cell) ? Number(cell) : Number.NaN;
}

/**
 * The time in a cell, in ms: seconds, ms, µs or ns since 1970, or a date and time in ISO 8601 with an offset, in UTC where
 * it has none.
 * @returns NaN if it is no time; a fraction if it is not a whole ms
 */
export function timeOfCell(cell: string): number {
  if (/^\d{18,20}$/.test(cell)) return Number(cell.slice(0, -6)) + Number(cell.slice(-6)) / 1e6;
  const number = numberOfCell(cell);
  if (Number.isNaN(number)) return parseWrittenTime(cell);
  if (number < FIRST_MS) return Math.round(number * 1e6) / 1e3;
  if (number < FIRST_MS * 1e3) return number;
  return number < FIRST_MS * 1e6 ? number / 1e3 : number / 1e6;
}
