import { expect, test } from 'vitest';
import { trainRangeOf } from '../../../src/pipeline/train-range.ts';

const range = (from: string, to: string) => ({ from: Date.parse(from), to: Date.parse(to) });
const DAYS = range('2022-01-01T00:00:00Z', '2024-06-29T00:00:00Z');

test.each([
  ['2022-01-01..2024-06-28', DAYS],
  ['from 2022-01-01 to 2024-06-28', DAYS],
  [['2022-01-01', '2024-06-28'], DAYS],
  [{ start: '2022-01-01', end: '2024-06-28' }, DAYS],
  ['2022-01-01T00:00/2024-06-29 00:00:00', DAYS],
  ['2022-01-01T00:00:00Z 2024-06-29T02:00:00+02:00', DAYS],
])('%j is a range', (train_range, expected) => {
  expect(trainRangeOf({ train_range })).toEqual(expected);
});

test.each([
  undefined,
  null,
  '',
  'last year',
  '2022-01-01',
  '2024-06-28..2022-01-01',
  '2022-13-01..2024-06-28',
  ['2022-01-01', '2023-01-01', '2024-01-01'],
  { from: 1, to: 2 },
])('%j is none', (train_range) => {
  expect(trainRangeOf({ train_range })).toBeNull();
});
