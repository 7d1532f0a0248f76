import { expect, test } from 'vitest';
import {
  age,
  countdown,
  dayRange,
  duration,
  hours,
  instantOf,
  localClock,
  localMinute,
  timeframeMs,
  utcClock,
  utcMinute,
  utcMoment,
} from '../../../src/web/format/time.ts';

const AT = Date.parse('2026-01-31T23:05:09.500Z');
const ago = (ms: number) => age(AT - ms, AT);

test.each([
  ['a minute', utcMinute(AT), '2026-01-31 23:05'],
  ['ISO 8601 with an offset', utcMinute('2026-02-01T00:05:09+01:00'), '2026-01-31 23:05'],
  ['no time', utcMinute('soon'), '–'],
  ['a time beyond the calendar', utcMinute(9e15), '–'],
  ['a clock', utcClock(AT), '23:05:09'],
  ['a minute in another time zone', localMinute(AT, 'Asia/Kolkata'), '2026-02-01 04:35 GMT+5:30'],
  [
    'midnight in another time zone',
    localMinute('2026-01-31T23:00:00Z', 'Europe/Berlin'),
    '2026-02-01 00:00 GMT+1',
  ],
  ['a clock in another time zone', localClock(AT, 'Europe/Berlin'), '00:05:09 GMT+1'],
  ['milliseconds', duration(850), '850 ms'],
  ['seconds', duration(12_400), '12 s'],
  ['minutes', duration(185_000), '3 min 5 s'],
  ['hours', duration(7_800_000), '2 h 10 min'],
  ['days', duration(4.25 * 86_400_000), '4 d 6 h'],
  ['a horizon below an hour', hours(45 * 60_000), '45 min'],
  ['a horizon in parts of an hour', hours(75 * 60_000), '1.25 h'],
  ['a horizon of days', hours(48 * 3_600_000), '48 h'],
  ['minutes left', countdown(461_900), '07:41'],
  ['hours left', countdown(2 * 3_600_000 + 61_000), '2:01:01'],
  ['just under a minute', duration(59_600), '1 min'],
  ['no duration', duration(null), '–'],
  ['now', ago(3000), 'just now'],
  ['seconds ago', ago(45_000), '40 s ago'],
  ['minutes ago', ago(12.9 * 60_000), '12 min ago'],
  ['hours ago', ago(30 * 3_600_000), '30 h ago'],
  ['days ago', ago(50 * 3_600_000), '2 d ago'],
  ['a future time', ago(-5 * 60_000), 'in 5 min'],
])('formats %s', (_what, text, expected) => expect(text).toBe(expected));

test('an instant is an ISO 8601 time or a number of ms', () => {
  expect(instantOf('1970-01-01T00:00:01Z')).toBe(1000);
  expect(instantOf(5)).toBe(5);
  expect(instantOf(null)).toBe(undefined);
});

test.each([
  ['1m', 60_000],
  ['15m', 900_000],
  ['4h', 14_400_000],
  ['1d', 86_400_000],
])('a candle of %s has %d ms', (timeframe, ms) => expect(timeframeMs(timeframe)).toBe(ms));

test('moments have their year only where it is another one', () => {
  expect(utcMoment(AT, AT)).toBe('31 Jan 23:05');
  expect(utcMoment(AT, Date.parse('2027-01-01T00:00:00Z'))).toBe('31 Jan 2026 23:05');
});

test('ranges of days name a month once', () => {
  expect(dayRange('2026-11-15T00:00:00Z', '2026-11-29T00:00:00Z')).toBe('15–29 Nov');
  expect(dayRange('2026-10-28T00:00:00Z', '2026-12-03T00:00:00Z')).toBe('28 Oct – 3 Dec');
  expect(dayRange(AT, AT)).toBe('31 Jan');
});
