/** ISO 8601 in UTC with `Z`, of ms since the epoch. */
export function isoTime(time: number): string {
  return new Date(time).toISOString();
}

/** As the factor-model routes write it: to the second, `2026-11-21T23:56:58+00:00`. */
export function isoTimeWithOffset(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}+00:00`;
}
