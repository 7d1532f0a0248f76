import { expect, test } from 'vitest';
import { sortRows } from '../../../src/web/components/sort-rows.ts';

const same = <T>(value: T) => value;

test.each([
  ['numbers by size', [10, 9, -1], 'ascending', [-1, 9, 10]],
  ['numbers from the largest', [10, 9, -1], 'descending', [10, 9, -1]],
  ['names with numbers', ['m10', 'm9', 'M1'], 'ascending', ['M1', 'm9', 'm10']],
  [
    'missing values last',
    [null, 2, undefined, Number.NaN, 1],
    'ascending',
    [1, 2, null, undefined, Number.NaN],
  ],
  ['missing values last in the other direction', [null, 2, 1], 'descending', [2, 1, null]],
] as const)('sorts %s', (_what, rows, direction, expected) => {
  expect(sortRows<string | number | null | undefined>(rows, same, direction)).toEqual(expected);
});

test('equal rows keep their order, and the given rows are not changed', () => {
  const rows = [
    { name: 'b', value: 1 },
    { name: 'a', value: 1 },
    { name: 'c', value: 0 },
  ];
  expect(sortRows(rows, ({ value }) => value, 'descending').map(({ name }) => name)).toEqual(['b', 'a', 'c']);
  expect(rows.map(({ name }) => name)).toEqual(['b', 'a', 'c']);
});
