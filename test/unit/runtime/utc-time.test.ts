import { describe, expect, test } from 'vitest';
import { parseUtcTime, parseWrittenTime } from '../../../src/runtime/utc-time.ts';

describe('a time in a request', () => {
  test.each([
    ['2026-11-01', '2026-11-01T00:00:00.000Z'],
    ['2026-11-01T12:30', '2026-11-01T12:30:00.000Z'],
    ['2026-11-01 12:30:15', '2026-11-01T12:30:15.000Z'],
    ['2026-11-01T12:30:15.123456', '2026-11-01T12:30:15.123Z'],
    ['2026-11-01T12:30:15.5Z', '2026-11-01T12:30:15.500Z'],
    ['2026-11-01T12:30+02:00', '2026-11-01T10:30:00.000Z'],
    ['2026-11-01t12:30:00-0330', '2026-11-01T16:00:00.000Z'],
    [' 2026-11-01T00:00:00z ', '2026-11-01T00:00:00.000Z'],
  ])('%s is %s', (text, expected) => {
    expect(new Date(parseUtcTime(text)).toISOString()).toBe(expected);
  });

  test.each([
    ...[
      '',
      'yesterday',
      '2026',
      '1764547200',
      '2026-13-01',
      '2026-02-30',
      '2026-11-01T25:00',
      '2026-11-01T12',
    ],
    ...['0000-01-01', '0001-01-01T00:00:00Z', '1969-12-31', '2026-11-01T12:00+99:00', '+012026-11-01'],
  ])('%j is none', (text) => {
    expect(parseUtcTime(text)).toBeNaN();
  });
});

describe('a time in a file', () => {
  test.each([
    ['2026/11/01 12:30:15,123456', Date.UTC(2026, 10, 1, 12, 30, 15) + 123.456],
    ['2026-11-01  12:30 UTC', Date.UTC(2026, 10, 1, 12, 30)],
    ['2026-11-01 12:30:00+02', Date.UTC(2026, 10, 1, 10, 30)],
    ['2026-11-01T24:00', Date.UTC(2026, 10, 2)],
    ['1969-12-31', Date.UTC(1969, 11, 31)],
    ['2026-02-30', Number.NaN],
    ['2026-11-01T12:60', Number.NaN],
    ['2026-11-01T24:01', Number.NaN],
    ['2026-11-01T12:00+99:00', Number.NaN],
    ['0099-01-01', Date.parse('0099-01-01T00:00Z')],
  ])('%s is %d', (text, expected) => {
    expect(parseWrittenTime(text)).toBe(expected);
  });

  test.each(['2026/11/01', '2026-11-01  12:30', '2026-11-01 12:30 UTC', '2026-11-01 12:30+02', '0099-01-01'])(
    '%s is none in a request',
    (text) => {
      expect(parseUtcTime(text)).toBeNaN();
    },
  );
});
