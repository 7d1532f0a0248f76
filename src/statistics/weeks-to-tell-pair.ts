import { NEEDED } from './gates.ts';
import { Z } from './interval.ts';
import type { PairedComparison } from './paired-comparison.ts';

/** The normal quantile of the p of 0.05 at which a sentence is clear, two-sided. */
const CLEAR_Z = 1.959963984540054;

const DAYS_PER_WEEK = 7;

/**
 * Weeks until more can be told about two records if they go on as so far (statistics.md#28): until there are enough days
 * to compare, or until their difference, which then stays as it is, is told from chance. 0 where it is told already.
 * @returns null: never at this pace, or not by waiting
 */
export function weeksToTellPair(comparison: PairedComparison): number | null {
  const needed = neededDays(comparison);
  return needed === null ? null : Math.max(0, Math.ceil((needed - comparison.days) / DAYS_PER_WEEK));
}

function neededDays({ days, activeDays, withheld, difference }: PairedComparison): number | null {
  if (withheld === 'FEW_DAYS') return NEEDED.days;
  if (withheld === 'FEW_ACTIVE_DAYS') return (days * NEEDED.activeDays) / activeDays;
  if (difference === null || difference.mean === 0) return null;
  const { mean, interval } = difference;
  const end = mean > 0 ? interval[0] : interval[1];
  const ratio = (CLEAR_Z / Z) * (Math.abs(end - mean) / Math.abs(mean));
  // The error of a mean falls with the square root of the days.
  return days * ratio ** 2;
}
