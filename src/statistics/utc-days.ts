import { DAY_MS } from '../candle.ts';

/** Midnight at or before a time, both in ms. */
export function midnightBefore(time: number): number {
  return Math.floor(time / DAY_MS) * DAY_MS;
}

/** Midnight at or after a time, both in ms. */
export function midnightAfter(time: number): number {
  return Math.ceil(time / DAY_MS) * DAY_MS + 0;
}

/** 2025-03-03 */
export function dateOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** 2025-03 */
export function monthOf(time: number): string {
  return dateOf(time).slice(0, 7);
}

/** The ISO 8601 week, 2025-W10: it belongs to the year of its Thursday. */
export function weekOf(time: number): string {
  const day = midnightBefore(time);
  const daysSinceMonday = (new Date(day).getUTCDay() + 6) % 7;
  const year = new Date(day + (3 - daysSinceMonday) * DAY_MS).getUTCFullYear();
  const fourthOfJanuary = Date.UTC(year, 0, 4);
  const firstMonday = fourthOfJanuary - ((new Date(fourthOfJanuary).getUTCDay() + 6) % 7) * DAY_MS;
  const week = 1 + Math.floor((day - firstMonday) / (7 * DAY_MS));
  return `${year}-W${String(week).padStart(2, '0')}`;
}
