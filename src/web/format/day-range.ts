import { DAY_MS, isoDay } from './time.ts';

/** Whole UTC days as in `date` inputs, `2026-01-31`; both are part of the range. */
export interface DayRange {
  readonly firstDay: string;
  readonly lastDay: string;
}

/** So many days that end with the last whole UTC day. */
export function daysUntil(now: number, days: number): DayRange {
  const end = Math.floor(now / DAY_MS) * DAY_MS;
  return { firstDay: isoDay(end - days * DAY_MS), lastDay: isoDay(end - DAY_MS) };
}

/** How many days a range has; undefined while it is empty or ends before it begins. */
export function lengthOf({ firstDay, lastDay }: DayRange): number | undefined {
  const days = (Date.parse(lastDay) - Date.parse(firstDay)) / DAY_MS + 1;
  return days > 0 ? days : undefined;
}

/** Begin and end of a range as the service takes dates: each is the UTC midnight that it begins at. */
export function datesOf({ firstDay, lastDay }: DayRange): { readonly from: string; readonly to: string } {
  return { from: firstDay, to: isoDay(Date.parse(lastDay) + DAY_MS) };
}
