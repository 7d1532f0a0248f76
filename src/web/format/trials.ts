import type { PerformanceAnswer } from '../../http/performance/schema.ts';
import { counted } from './numbers.ts';

type Trials = Pick<PerformanceAnswer['trials'], 'counted' | 'declared'>;

/** How many packages were tried, with those before the upload where they are known. */
export function triedCount({ counted: here, declared }: Trials): number {
  return here + (declared ?? 0);
}

const TEN_YEARS_IN_WEEKS = 520;

/** A number of weeks: `3 weeks`, `more than ten years`. */
export function weeksText(weeks: number, format = (value: number) => counted(value, 'week')): string {
  return weeks > TEN_YEARS_IN_WEEKS ? 'more than ten years' : format(weeks);
}
