import { NO_VALUE } from './numbers.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

const TIMEFRAME_UNIT_MS = { m: MINUTE_MS, h: HOUR_MS, d: DAY_MS };

/** Length of a candle of a timeframe of the API (`5m`, `1h`, `1d`), in ms. */
export function timeframeMs(timeframe: string): number {
  const unit = timeframe.slice(-1) as keyof typeof TIMEFRAME_UNIT_MS;
  return Number.parseInt(timeframe, 10) * TIMEFRAME_UNIT_MS[unit];
}

type Instant = string | number | null | undefined;

/** ms since the epoch of an ISO 8601 time or of a number of ms; undefined for anything else. */
export function instantOf(value: Instant): number | undefined {
  if (value === null || value === undefined) return undefined;
  const ms = typeof value === 'number' ? value : Date.parse(value);
  return Number.isFinite(ms) && Math.abs(ms) <= 8.64e15 ? ms : undefined;
}

/** `2026-01-31 14:05`, in UTC. */
export function utcMinute(value: Instant): string {
  const ms = instantOf(value);
  return ms === undefined ? NO_VALUE : new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
}

/** `14:05:09`, in UTC. */
export function utcClock(value: Instant): string {
  const ms = instantOf(value);
  return ms === undefined ? NO_VALUE : new Date(ms).toISOString().slice(11, 19);
}

/** `15:05:09 GMT+1`, in the reader's time zone unless another is given. */
export function localClock(value: Instant, timeZone?: string): string {
  const ms = instantOf(value);
  if (ms === undefined) return NO_VALUE;
  return `${formatOf('clock', timeZone).format(ms)} ${offsetAt(ms, timeZone)}`;
}

/** `2026-01-31 15:05 GMT+1`, in the reader's time zone unless another is given. */
export function localMinute(value: Instant, timeZone?: string): string {
  const ms = instantOf(value);
  if (ms === undefined) return NO_VALUE;
  const parts = formatOf('minute', timeZone).formatToParts(ms);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((one) => one.type === type)?.value ?? '';
  const day = `${part('year')}-${part('month')}-${part('day')}`;
  return `${day} ${part('hour')}:${part('minute')} ${offsetAt(ms, timeZone)}`;
}

function offsetAt(ms: number, timeZone: string | undefined): string {
  const parts = formatOf('offset', timeZone).formatToParts(ms);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
}

const FORMAT_OPTIONS = {
  clock: { timeStyle: 'medium' },
  offset: { timeZoneName: 'shortOffset' },
  minute: { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Formats are cached: creating one takes as long as using it hundreds of times. */
function formatOf(name: keyof typeof FORMAT_OPTIONS, timeZone: string | undefined): Intl.DateTimeFormat {
  const key = `${name} ${timeZone}`;
  let format = formats.get(key);
  if (format === undefined) {
    const options = { ...FORMAT_OPTIONS[name], ...(timeZone === undefined ? {} : { timeZone }) };
    format = new Intl.DateTimeFormat('en-GB', options);
    formats.set(key, format);
  }
  return format;
}

/** A length of time in ms by its two largest units: `850 ms`, `12 s`, `3 min 5 s`, `2 h 10 min`, `4 d 6 h`. */
export function duration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return NO_VALUE;
  if (ms < 0) return `−${duration(-ms)}`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return twoUnits(minutes, 'min', seconds % 60, 's');
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return twoUnits(hours, 'h', minutes % 60, 'min');
  return twoUnits(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

/** A length of a forecast in ms, in hours from one hour on: `45 min`, `1.25 h`, `48 h`. */
export function hours(ms: number): string {
  return ms < HOUR_MS ? duration(ms) : `${Number((ms / HOUR_MS).toFixed(2))} h`;
}

function twoUnits(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

/** The time since an instant in its largest unit: `just now`, `12 min ago`, `3 h ago`; for a later one `in 5 min`. */
export function age(value: Instant, now: number): string {
  const ms = instantOf(value);
  if (ms === undefined) return NO_VALUE;
  const passed = now - ms;
  const size = Math.abs(passed);
  if (size < 10_000) return 'just now';
  const text = largestUnit(size);
  return passed > 0 ? `${text} ago` : `in ${text}`;
}

function largestUnit(ms: number): string {
  if (ms < MINUTE_MS) return `${Math.floor(ms / 10_000) * 10} s`;
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min`;
  if (ms < 2 * DAY_MS) return `${Math.floor(ms / HOUR_MS)} h`;
  return `${Math.floor(ms / DAY_MS)} d`;
}

/** A remaining time as a countdown: `07:41`, from an hour on `2:07:41`. */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const twoDigits = (value: number) => String(value).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  const minutesAndSeconds = `${twoDigits(minutes % 60)}:${twoDigits(seconds % 60)}`;
  return minutes < 60 ? minutesAndSeconds : `${Math.floor(minutes / 60)}:${minutesAndSeconds}`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `2026-01-31`, in UTC. @param ms since the epoch */
export function isoDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** `25 Nov`, in UTC. */
export function utcDay(value: Instant): string {
  const ms = instantOf(value);
  if (ms === undefined) return NO_VALUE;
  const date = new Date(ms);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`;
}

/** `18:45`, in UTC. @param ms since the epoch */
export function utcHour(ms: number): string {
  return new Date(ms).toISOString().slice(11, 16);
}

/** `25 Nov 18:45`, in UTC. @param ms since the epoch */
export function utcDayHour(ms: number): string {
  return `${utcDay(ms)} ${utcHour(ms)}`;
}

/** `25 Nov 18:45`, in UTC, with the year where it is not that of `now`: `25 Nov 2025 18:45`. */
export function utcMoment(value: Instant, now: number = Date.now()): string {
  const ms = instantOf(value);
  if (ms === undefined) return NO_VALUE;
  const fullYear = new Date(ms).getUTCFullYear();
  const year = fullYear === new Date(now).getUTCFullYear() ? '' : ` ${fullYear}`;
  return `${utcDay(ms)}${year} ${utcHour(ms)}`;
}

/** The UTC days of a range: `15–29 Nov`, `28 Oct – 3 Dec`. */
export function dayRange(from: Instant, to: Instant): string {
  const [first, last] = [utcDay(from), utcDay(to)];
  if (first === last) return first;
  const [day, month] = first.split(' ');
  return month === last.split(' ')[1] ? `${day}–${last}` : `${first} – ${last}`;
}
