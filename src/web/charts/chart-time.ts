import type { UTCTimestamp } from 'lightweight-charts';

/** An ISO 8601 time in seconds since the epoch, the unit of the chart library. */
export function secondsOf(time: string): UTCTimestamp {
  return Math.floor(Date.parse(time) / 1000) as UTCTimestamp;
}
