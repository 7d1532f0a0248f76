import { construct, latin1Bytes } from '../pickle/pickle-globals.ts';
import {
  type AllowedGlobal,
  describe,
  type GlobalTable,
  type PickleContext,
  PickleData,
  PickleGlobal,
  PickleObject,
  type PickleValue,
} from '../pickle/pickle-values.ts';
import { type TimeZone, UTC, utcOfWall, zoneNamed } from './time-zone.ts';

/** A point in time to the nanosecond, with its zone; without a zone it is wall clock time. */
export class PythonTime extends PickleObject {
  readonly typeName = 'datetime';
  /** ns since the epoch: in UTC with a zone, in wall clock time without. */
  readonly nanoseconds: bigint;
  readonly zone: TimeZone | undefined;

  constructor(nanoseconds: bigint, zone: TimeZone | undefined) {
    super();
    this.nanoseconds = nanoseconds;
    this.zone = zone;
  }

  /** ms since the epoch; wall clock time counts as UTC. */
  get milliseconds(): number {
    return Number(floorDivide(this.nanoseconds, 1_000_000n));
  }

  /** Like Python's `isoformat()`: `2025-01-07T01:41:36+00:00`, with fractions only where they are not 0. */
  isoFormat(): string {
    const offset = this.zone?.(this.milliseconds);
    const local = this.nanoseconds + BigInt(Math.round((offset ?? 0) * 1e6)) * 1000n;
    const seconds = floorDivide(local, 1_000_000_000n);
    const fraction = local - seconds * 1_000_000_000n;
    const date = new Date(Number(seconds) * 1000);
    // Beyond the years of a Date, which has more than Python.
    if (Number.isNaN(date.getTime())) return 'invalid';
    return (
      date.toISOString().slice(0, 19) +
      fractionText(fraction) +
      (offset === undefined ? '' : offsetText(offset))
    );
  }
}

/** A day of the calendar: `2025-04-01`. */
export class PythonDate extends PickleData<string> {
  readonly typeName = 'date';
}

/** A length of time, in seconds. */
export class PythonDuration extends PickleData<number> {
  readonly typeName = 'timedelta';
}

function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value < 0n && quotient * by !== value ? quotient - 1n : quotient;
}

function fractionText(nanoseconds: bigint): string {
  if (nanoseconds === 0n) return '';
  const digits = String(nanoseconds).padStart(9, '0');
  return `.${digits.endsWith('000') ? digits.slice(0, 6) : digits}`;
}

function offsetText(seconds: number): string {
  const size = Math.abs(seconds);
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const rest = size % 60 === 0 ? '' : `:${two(size % 60)}`;
  return `${seconds < 0 ? '-' : '+'}${two(size / 3600)}:${two((size / 60) % 60)}${rest}`;
}

/** ns per unit of numpy's and pandas' times, by numpy's name or pandas' number. */
const UNIT_NANOSECONDS: ReadonlyMap<unknown, bigint> = new Map<unknown, bigint>([
  ['s', 1_000_000_000n],
  ['ms', 1_000_000n],
  ['us', 1000n],
  ['ns', 1n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
  ['D', 86_400_000_000_000n],
  ['W', 604_800_000_000_000n],
  [7, 1_000_000_000n],
  [8, 1_000_000n],
  [9, 1000n],
  [10, 1n],
]);

/** ns of a unit; undefined for an unknown one. */
export function nanosecondsPer(unit: PickleValue): bigint | undefined {
  return UNIT_NANOSECONDS.get(unit);
}

/** `datetime(bytes[, zone])`: year, month, day, hour, minute, second and microseconds in ten bytes. */
function datetime(args: readonly PickleValue[], context: PickleContext): PythonTime {
  const bytes = packed(args[0], 10, context);
  // The highest bit of the month tells two equal wall clock times apart (fold).
  const [high, low, month, day, hour, minute, second, u2, u1, u0] = bytes as unknown as number[];
  const time = utcTime(high! * 256 + low!, month! & 0x7f, day!, context);
  const micros = (u2! << 16) | (u1! << 8) | u0!;
  const wall = time + hour! * 3_600_000 + minute! * 60_000 + second! * 1000;
  const zone = zoneOf(args[1], context);
  const utc = zone === undefined ? wall : utcOfWall(zone, wall);
  return new PythonTime(BigInt(utc) * 1_000_000n + BigInt(micros) * 1000n, zone);
}

function date(args: readonly PickleValue[], context: PickleContext): PythonDate {
  const [high, low, month, day] = packed(args[0], 4, context) as unknown as number[];
  const time = utcTime(high! * 256 + low!, month!, day!, context);
  return new PythonDate(new Date(time).toISOString().slice(0, 10));
}

function utcTime(year: number, month: number, day: number, context: PickleContext): number {
  if (!(year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= 31)) {
    throw context.malformed(`a date has the year ${year}, month ${month}, day ${day}`);
  }
  const time = new Date(0);
  time.setUTCFullYear(year, month - 1, day);
  return time.getTime();
}

function packed(value: PickleValue | undefined, length: number, context: PickleContext): Uint8Array {
  const bytes = typeof value === 'string' ? latin1Bytes(value, context) : value;
  if (!(bytes instanceof Uint8Array) || bytes.length !== length) {
    throw context.malformed(`a date of ${length} bytes cannot be made from ${describe(value)}`);
  }
  return bytes;
}

function duration(args: readonly PickleValue[], context: PickleContext): PythonDuration {
  const [days = 0, seconds = 0, microseconds = 0] = args;
  if (![days, seconds, microseconds].every((part) => typeof part === 'number')) {
    throw context.malformed('a timedelta does not consist of numbers');
  }
  return new PythonDuration((days as number) * 86_400 + (seconds as number) + (microseconds as number) / 1e6);
}

/** @throws when `value` is neither a zone nor None */
export function zoneOf(value: PickleValue | undefined, context: PickleContext): TimeZone | undefined {
  if (value === undefined || value === null) return undefined;
  if (value instanceof PythonZone) return value.value;
  throw context.malformed(`a time has ${describe(value)} as its zone`);
}

/** A zone on the stack. */
export class PythonZone extends PickleData<TimeZone> {
  readonly typeName = 'time zone';

  /** dateutil's zones have a state without further facts. */
  override build(): PickleValue {
    return this;
  }
}

function zoneFromName(name: PickleValue | undefined, context: PickleContext): PythonZone {
  const zone = typeof name === 'string' ? zoneNamed(name) : undefined;
  if (zone === undefined) throw context.malformed(`${describe(name)} is not a known time zone`);
  return new PythonZone(zone);
}

function fixed(seconds: PickleValue | undefined, context: PickleContext): PythonZone {
  if (typeof seconds !== 'number' || !(Math.abs(seconds) < 86_400)) {
    throw context.malformed(`a time zone has ${describe(seconds)} as its offset`);
  }
  return new PythonZone(() => seconds);
}

const utc = construct(() => new PythonZone(UTC));
const zoneInfo: AllowedGlobal = { call: ([name], context) => zoneFromName(name, context) };
const ZONE_INFO_UNPICKLE = new PickleGlobal('zoneinfo', 'ZoneInfo._unpickle', zoneInfo);

/** datetime's types and time zones; protocols 2 and 3 reach ZoneInfo by getattr. */
export const TIME_GLOBALS: GlobalTable = {
  'datetime datetime': { call: datetime },
  'datetime date': { call: date },
  'datetime timedelta': { call: duration },
  'datetime timezone': {
    call: ([offset], context) => fixed(offset instanceof PythonDuration ? offset.value : offset, context),
  },
  'pytz _UTC': utc,
  'pytz UTC': utc,
  'dateutil.tz.tz tzutc': utc,
  'pytz _p': {
    // For the zone of a whole column, pandas writes the zone's oldest offset, so the name decides.
    call: ([name, offset], context) => {
      const zone = typeof name === 'string' ? zoneNamed(name) : undefined;
      return zone === undefined ? fixed(offset, context) : new PythonZone(zone);
    },
  },
  'pytz _FixedOffset': {
    call: ([minutes], context) => fixed(typeof minutes === 'number' ? minutes * 60 : minutes, context),
  },
  'zoneinfo ZoneInfo': zoneInfo,
  'zoneinfo ZoneInfo._unpickle': zoneInfo,
  'builtins getattr': { call: attributeOf },
  '__builtin__ getattr': { call: attributeOf },
};

/** getattr, only for the attribute that pickles of ZoneInfo use. */
function attributeOf([object, name]: readonly PickleValue[], context: PickleContext): PickleValue {
  if (object instanceof PickleGlobal && object.is('zoneinfo', 'ZoneInfo') && name === '_unpickle') {
    return ZONE_INFO_UNPICKLE;
  }
  throw context.malformed('getattr is only accepted for ZoneInfo._unpickle');
}
