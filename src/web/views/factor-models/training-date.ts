import { NO_VALUE } from '../../format/numbers.ts';
import { utcMinute } from '../../format/time.ts';

/** A date of the training info: to the minute, in UTC, if it has a time of day, else as training wrote it. */
export function trainingDate(date: string | null): string {
  if (date === null) return NO_VALUE;
  const hasTime = /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(date);
  return hasTime ? `${utcMinute(date)} UTC` : date;
}
