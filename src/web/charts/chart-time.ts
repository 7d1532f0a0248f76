import type { UTCTimestamp } from 'lightweight-charts';

/** Charts count in seconds; ISO 8601 in. */
export function secondsOf(time: string): UTCTimestamp {
  return Math.floor(Date.parse(time) / 1000) as UTCTimestamp;
}
