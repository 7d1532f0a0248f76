// promise: docs/security.md "Exports are data"

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sortRows } from '../../../src/web/components/sort-rows.ts';
import { factorUsesCsv, factorUsesJson } from '../../../src/web/views/factor-models/factor-export.ts';
import { IC_ORDERS, icRows } from '../../../src/web/views/factor-models/ic-rows.ts';
import { importanceLookup } from '../../../src/web/views/factor-models/importances.ts';
import { parseRows } from '../../../src/web/views/factor-models/parse-rows.ts';
import { matchesAll } from '../../../src/web/views/factor-models/search.ts';
import { axisEnd, formatTau, largestSize } from '../../../src/web/views/factor-models/tau.ts';

describe('rows of factor values', () => {
  test.each([
    ['1, -2.5e-3, 0', [[1, -0.0025, 0]]],
    [
      '1\t2\n3\t4\n',
      [
        [1, 2],
        [3, 4],
      ],
    ],
    ['1;2', [[1, 2]]],
    ['1 2   3', [[1, 2, 3]]],
    [
      '1,,nan\r\n\r\nNone,2,3',
      [
        [1, null, null],
        [null, 2, 3],
      ],
    ],
    [
      'a,b\n1,2\n,4',
      [
        { a: 1, b: 2 },
        { a: null, b: 4 },
      ],
    ],
    ['[1, null]', [[1, null]]],
    ['[[1], [2]]', [[1], [2]]],
    ['{"a": 1}', [{ a: 1 }]],
    ['[{"a": 1}, {"b": null}]', [{ a: 1 }, { b: null }]],
    ['__proto__,b\n1,2', [JSON.parse('{"__proto__": 1, "b": 2}')]],
  ])('%j', (text, rows) => {
    expect(parseRows(text)).toEqual({ rows });
  });

  test.each([
    ['', /at least one row/],
    ['1,2,x', 'Line 1 has "x" where a number should be.'],
    ['a,b\n1,2\n1,y', 'Line 3 has "y" where a number should be.'],
    ['a,b\n1,2,3', 'Line 2 has 3 values below 2 names.'],
    ['a,b', /no row of values/],
    ['{"a": ', /Invalid JSON/],
    ['{"a": "1"}', /Row 1 has a value that is neither/],
    ['[1e999]', /Row 1 has a value that is neither/],
    ['[[1], [true]]', /Row 2 has a value that is neither/],
    ['2,1e999', 'Line 1 has "1e999" where a number should be.'],
  ])('%j is refused with a sentence', (text, sentence) => {
    expect(parseRows(text)).toEqual({ problem: expect.stringMatching(sentence) });
  });

  test('from any text are rows or a sentence, never an exception', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const parsed = parseRows(text);
        expect('rows' in parsed ? Array.isArray(parsed.rows) : parsed.problem.length > 0).toBe(true);
      }),
    );
  });
});

describe('coefficients', () => {
  const row = (factor_name: string, Kendall_tau: number | null) => ({
    factor_name,
    Kendall_tau,
    symbol: 'S',
    return_name: null,
  });
  const rows = icRows({
    ic_rows: [row('b', 0.1), row('a', -0.3), row('c', null), row('b', 0.2)],
    factors: ['c', 'b'],
  });
  const order = (by: keyof typeof IC_ORDERS) =>
    sortRows(rows, IC_ORDERS[by].value, IC_ORDERS[by].direction).map(({ factor }) => factor);

  test('have the input of the model that they belong to, and unique keys', () => {
    expect(rows.map(({ dim }) => dim)).toEqual([1, undefined, 0, 1]);
    expect(new Set(rows.map(({ key }) => key)).size).toBe(4);
  });

  test('are sorted by size, value or name; missing numbers come last', () => {
    expect(order('size')).toEqual(['a', 'b', 'b', 'c']);
    expect(order('value')).toEqual(['b', 'b', 'a', 'c']);
    expect(order('name')).toEqual(['a', 'b', 'b', 'c']);
  });

  test('have an axis that ends at a round number', () => {
    expect([0, 0.0389, 0.05, 0.051, 0.11, 0.21, 1, 3e-7].map(axisEnd)).toEqual(
      [0.1, 0.05, 0.05, 0.1, 0.2, 0.25, 1, 5e-7].map((value) => expect.closeTo(value, 12)),
    );
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 1, noNaN: true }), (largest) => {
        const end = axisEnd(largest);
        expect(end).toBeGreaterThanOrEqual(largest * (1 - 1e-6));
        expect(end).toBeLessThanOrEqual(largest * 2.6);
      }),
    );
  });

  test('are formatted with their sign', () => {
    expect([0.02314, -0.00001, -0.5, null].map(formatTau)).toEqual(['+0.0231', '0.0000', '−0.5000', '–']);
    expect(largestSize([0.1, -0.3, null])).toBe(0.3);
  });
});

test('importances are found by the name or the number of an input', () => {
  const of = (feature_importance: unknown) =>
    importanceLookup({ info_summary: { feature_importance } as never })('mom', 3);
  expect([{ mom: 1 }, { f3: 2 }, { f2: 1 }, [1], 'x', null, { mom: 'x' }].map(of)).toEqual([
    1,
    2,
    null,
    null,
    null,
    null,
    null,
  ]);
});

test('a search finds names that contain all of its words', () => {
  expect(['ofi_L1', 'ofi_l2'].map((name) => matchesAll(name, ' l1 OFI '))).toEqual([true, false]);
  expect(matchesAll('any', '')).toBe(true);
});

test('factor uses are exported as JSON and as CSV with quotes where needed', () => {
  const answer = {
    model_name: 'm',
    scanned_at: null,
    groups: [
      { symbol: 'A', group_key: 'A_up', return_name: 'up' },
      { symbol: 'B', group_key: 'B', return_name: null },
    ],
    items: [{ factor_name: 'x,"y"', groups: [0, 1], kendall_taus: [0.1, null] }],
  };
  expect(factorUsesCsv(answer)).toBe(
    'factor_name,symbol,group_key,return_name,kendall_tau\r\n"x,""y""",A,A_up,up,0.1\r\n"x,""y""",B,B,,\r\n',
  );
  expect(JSON.parse(factorUsesJson(answer))).toEqual([
    {
      factor_name: 'x,"y"',
      uses: [
        { symbol: 'A', group_key: 'A_up', return_name: 'up', kendall_tau: 0.1 },
        { symbol: 'B', group_key: 'B', return_name: null, kendall_tau: null },
      ],
    },
  ]);
});

test.each(['=1+1', '+1', '-1', '@SUM(A1)', ' =1', '\t=1', '＝1', '=HYPERLINK("http://example.com")'])(
  'the factor %j is no formula for a spreadsheet, and numbers stay numbers',
  (name) => {
    const answer = {
      groups: [{ group_key: 'A_up', symbol: '=A', return_name: null }],
      items: [{ factor_name: name, groups: [0], kendall_taus: [-0.1] }],
    };
    const line = factorUsesCsv(answer as Parameters<typeof factorUsesCsv>[0]).split('\r\n')[1]!;
    expect(line.replace(/^"/, '').startsWith(`'${name.slice(0, 2)}`)).toBe(true);
    expect(line).toMatch(/,'=A,A_up,,-0\.1$/);
  },
);
