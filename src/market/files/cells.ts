const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const DATE_TIME =
  /^(\d{4})[-/](\d{2})[-/](\d{2})(?:[T ]+(\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$/i;
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
  if (Number.isNaN(number)) return isoTimeOfCell(cell);
  if (number < FIRST_MS) return Math.round(number * 1e6) / 1e3;
  if (number < FIRST_MS * 1e3) return number;
  return number < FIRST_MS * 1e6 ? number / 1e3 : number / 1e6;
}

function isoTimeOfCell(cell: string): number {
  const parts = DATE_TIME.exec(cell);
  if (parts === null) return Number.NaN;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const time = Date.UTC(year, month - 1, day, hour, minute, second);
  const date = new Date(time);
  // The 30th of February would be a day in March.
  const exists =
    date.getUTCDate() === day && date.getUTCMonth() === month - 1 && hour < 24 && minute < 60 && second < 60;
  if (!exists) return Number.NaN;
  return time + Math.round(Number(`0.${parts[7] ?? 0}`) * 1e6) / 1e3 - offsetMs(parts[8]);
}

function offsetMs(zone = 'Z'): number {
  const [, sign, hours, minutes = 0] = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes)) * 60_000;
}
