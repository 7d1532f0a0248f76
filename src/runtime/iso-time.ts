/** ISO 8601 in UTC with `Z`. @param time ms since the epoch */
export function isoTime(time: number): string {
  return new Date(time).toISOString();
}

export function isoTimeOrNull(time: number | null): string | null {
  return time === null ? null : isoTime(time);
}

/** As `/api/*` writes times, to the second: `2026-11-21T23:56:58+00:00`. @param time ms since the epoch */
export function isoTimeWithOffset(time: number): string {
  return `${isoTime(time).slice(0, 19)}+00:00`;
}
