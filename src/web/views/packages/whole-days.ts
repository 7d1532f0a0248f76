import { DAY_MS, isoDay } from '../../format/time.ts';

/** Whole UTC days; `to` is the begin of the day after the last one. */
export interface DayRange {
  readonly from: string;
  readonly to: string;
}

/** The last whole UTC days before the day of `at`, in ms. */
export function lastDays(days: number, at: number): DayRange {
  const today = Math.floor(at / DAY_MS) * DAY_MS;
  return { from: isoDay(today - days * DAY_MS), to: isoDay(today) };
}
