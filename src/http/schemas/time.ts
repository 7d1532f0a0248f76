/** ISO 8601 in UTC with `Z`, of ms since the epoch. */
export function isoTime(time: number): string {
  return new Date(time).toISOString();
}
