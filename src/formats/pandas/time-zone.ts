/** Offset of a place's clocks from UTC in seconds, at a time in ms since the epoch (UTC). */
export type TimeZone = (milliseconds: number) => number;

export const UTC: TimeZone = () => 0;

/** ms since the epoch when the clocks show `wall` (wall clock time as ms, as if it were UTC). */
export function utcOfWall(zone: TimeZone, wall: number): number {
  const guess = wall - Math.trunc(zone(wall) * 1000);
  return wall - Math.trunc(zone(guess) * 1000);
}

const MAX_NAME = 64;

/** A zone of the IANA database; undefined for an unknown name. */
export function zoneNamed(name: string): TimeZone | undefined {
  if (name === 'UTC') return UTC;
  if (name.length > MAX_NAME || !/^[A-Za-z0-9_+/-]+$/.test(name)) return undefined;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
  } catch {
    return undefined;
  }
  return (milliseconds) => {
    if (Number.isNaN(new Date(milliseconds).getTime())) return 0;
    const part = format.formatToParts(milliseconds).find(({ type }) => type === 'timeZoneName');
    const match = /^GMT([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(part?.value ?? '');
    if (match === null) return 0;
    const size = Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4] ?? 0);
    return match[1] === '-' ? -size : size;
  };
}
