import type { DriftWindow, FeatureDay } from './feature-days.ts';

/** What one day says about a feature (statistics.md#82). */
export interface DriftDay {
  /** Distance of the day's mean from the training mean, in deviations. */
  readonly zDay: number;
  /** Whether the values do not change although they should. */
  readonly isConstant: boolean;
  /** The same of the last 7 days, and the share of their values beyond 3 deviations; null in the first week. */
  readonly zWeek: number | null;
  readonly beyond3Week: number | null;
}

/** A feature's alert, as it is stored from day to day. */
export interface DriftState {
  readonly state: 'BROKEN' | 'DRIFT' | null;
  /** Days since the values left the training range, today included; 0 while the state is null and today is not wild. */
  readonly days: number;
  /** Consecutive days, up to today, that were wild, and that were quiet. */
  readonly wildDays: number;
  readonly quietDays: number;
}

export const NO_DRIFT: DriftState = { state: null, days: 0, wildDays: 0, quietDays: 0 };

const BROKEN_Z = 8;
const WILD = { z: 3, beyond3: 0.25 } as const;
const QUIET = { z: 2, beyond3: 0.1 } as const;
const WILD_DAYS = 5;

/** After so many quiet days in a row an alert is over; features in price units need the longer time. */
export const QUIET_DAYS = 7;
export const QUIET_DAYS_IN_PRICE_UNITS = 30;

const DEAD_FUNDING_DAYS = 3;

/**
 * Whether the data of a feature are broken because nothing changes.
 * @param days the last days, today last
 * @param breaksWhenConstant false for the funding rate, which must be 0 for three days
 */
export function isBrokenByConstancy(days: readonly FeatureDay[], breaksWhenConstant: boolean): boolean {
  const isConstant = ({ lowest, highest }: FeatureDay) => lowest === highest;
  if (breaksWhenConstant) return days.slice(-1).some(isConstant);
  const last = days.slice(-DEAD_FUNDING_DAYS);
  return last.length === DEAD_FUNDING_DAYS && last.every((day) => isConstant(day) && day.lowest === 0);
}

/** What a day says. @param week null until there are 7 days */
export function driftDayOf(day: DriftWindow, week: DriftWindow | null, isConstant: boolean): DriftDay {
  return {
    zDay: day.z,
    isConstant,
    zWeek: week === null ? null : week.z,
    beyond3Week: week === null ? null : week.beyond3,
  };
}

/** Whether a day alone shows that data are broken. */
export function isBroken({ zDay, isConstant }: DriftDay): boolean {
  return isConstant || Math.abs(zDay) > BROKEN_Z;
}

/** Whether the last 7 days are outside the training range. */
export function isWild({ zWeek, beyond3Week }: DriftDay): boolean {
  if (zWeek === null || beyond3Week === null) return false;
  return Math.abs(zWeek) > WILD.z || beyond3Week > WILD.beyond3;
}

function isQuiet(day: DriftDay): boolean {
  const { zWeek, beyond3Week } = day;
  if (zWeek === null || beyond3Week === null || isBroken(day)) return false;
  return Math.abs(zWeek) < QUIET.z && beyond3Week < QUIET.beyond3;
}

/**
 * The state after another day, in order of days.
 * @param quietDaysNeeded quiet days in a row after which an alert is over
 */
export function nextDriftState(before: DriftState, day: DriftDay, quietDaysNeeded: number): DriftState {
  const wildDays = isWild(day) ? before.wildDays + 1 : 0;
  const quietDays = isQuiet(day) ? before.quietDays + 1 : 0;
  if (before.state !== null && quietDays >= quietDaysNeeded) return { ...NO_DRIFT, quietDays };
  const state = isBroken(day) ? 'BROKEN' : (before.state ?? (wildDays >= WILD_DAYS ? 'DRIFT' : null));
  const days = before.state !== null ? before.days + 1 : Math.max(wildDays, Number(state !== null));
  return { state, days, wildDays, quietDays };
}
