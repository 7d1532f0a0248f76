/** The offset from UTC of a place's clocks. */
export interface TimeZone {
  /** @param milliseconds since the epoch, UTC */
  offsetSeconds(milliseconds: number): number;
  /** ms since the epoch when the clocks show `wall` (wall clock time as ms, as if it were UTC). */
  utcOfWall(wall: number): number;
}

/** An offset that never changes. */
export class FixedOffset implements TimeZone {
  private readonly seconds: number;

  constructor(seconds: number) {
    this.seconds = seconds;
  }

  offsetSeconds(): number {
    return this.seconds;
  }

  utcOfWall(wall: number): number {
    return wall - Math.trunc(this.seconds * 1000);
  }
}

export const UTC: TimeZone = new FixedOffset(0);

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
  const offsetSeconds = (milliseconds: number): number => {
    if (Number.isNaN(new Date(milliseconds).getTime())) return 0;
    const part = format.formatToParts(milliseconds).find(({ type }) => type === 'timeZoneName');
    const match = /^GMT([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(part?.value ?? '');
    if (match === null) return 0;
    const size = Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4] ?? 0);
    return match[1] === '-' ? -size : size;
  };
  return {
    offsetSeconds,
    utcOfWall(wall) {
      const guess = wall - offsetSeconds(wall) * 1000;
      return wall - offsetSeconds(guess) * 1000;
    },
  };
}
