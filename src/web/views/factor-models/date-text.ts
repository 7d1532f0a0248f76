import { NOTHING } from '../../format/numbers.ts';
import { utcMinute } from '../../format/time.ts';

/** A date as training wrote it; one with a time of day to the minute, in UTC. */
export function dateText(date: string | null): string {
  if (date === null) return NOTHING;
  const hasTime = /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(date);
  return hasTime ? `${utcMinute(date)} UTC` : date;
}
