import { DAY_MS } from '../candle.ts';

const TIME =
  /^(\d{4})[-/](\d{2})[-/](\d{2})(?:[T ]+(\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|UTC|GMT|([+-])([01]\d|2[0-3])(?::?([0-5]\d))?)?$/i;

/** What requests may have: no slashes, one space at most, and a zone by its letter or with minutes. */
const REQUESTED = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?\s?(?:Z|[-+]\d\d:?\d\d)?)?$/i;

/** Earlier and later times are mistakes; a year has four digits. */
const EARLIEST = Date.UTC(1970, 0, 1);

/**
 * A date (the UTC midnight at which it begins) or a time in ISO 8601, in ms since the epoch; without a zone it is UTC. NaN
 * for other text, for a day that does not exist and for times before 1970.
 */
export function parseUtcTime(text: string): number {
  const trimmed = text.trim();
  const time = REQUESTED.test(trimmed) ? Math.floor(parseWrittenTime(trimmed)) : Number.NaN;
  return time >= EARLIEST ? time : Number.NaN;
}

/**
 * The same in the forms that programs write into files, at any time, in ms with a fraction: slashes in a date, several spaces,
 * a decimal comma, `UTC`, `+01`.
 */
export function parseWrittenTime(text: string): number {
  const match = TIME.exec(text);
  if (match === null) return Number.NaN;
  const [, year, month, day, hour = 0, minute = 0, second = 0, fraction = 0, , sign, hours = 0, minutes = 0] =
    match;
  const midnight = Date.parse(`${year}-${month}-${day}T00:00Z`);
  // Some engines take 2026-02-30 for a day in March.
  const exists =
    !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(`${year}-${month}-${day}`);
  const milliseconds = Math.round(Number(`0.${fraction}`) * 1e6) / 1e3;
  const clock = millisecondsOf(hour, minute) + Number(second) * 1000 + milliseconds;
  if (!exists || Number(minute) > 59 || Number(second) > 59 || clock > DAY_MS) return Number.NaN;
  return midnight + clock - (sign === '-' ? -1 : 1) * millisecondsOf(hours, minutes);
}

function millisecondsOf(hours: number | string, minutes: number | string): number {
  return (Number(hours) * 60 + Number(minutes)) * 60_000;
}
