import { expect, test } from 'vitest';
import { timeOption, UsageError } from '../../../src/cli/shared/arguments.ts';

test.each([
  ['2024-01-31', '2024-01-31T00:00:00.000Z'],
  ['2024-01-31T12:00Z', '2024-01-31T12:00:00.000Z'],
  ['2024-01-31 12:00', '2024-01-31T12:00:00.000Z'],
  ['2024-01-31T12:00:30+02:00', '2024-01-31T10:00:30.000Z'],
])('the option of a time takes %s', (text, time) => {
  expect(new Date(timeOption('from', text)).toISOString()).toBe(time);
});

test.each(['2024-02-30', 'yesterday', '', '1706659200'])('and refuses %j with an example', (text) => {
  expect(() => timeOption('from', text)).toThrow(UsageError);
  expect(() => timeOption('from', text)).toThrow(`--from ${text} is not a time: write 2024-01-31`);
});
