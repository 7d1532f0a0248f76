import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PaperdeskError } from '../../../src/errors.ts';
import { PandasDataFrame, PandasSeries } from '../../../src/formats/pandas/data-frame.ts';
import { readPandasPickle } from '../../../src/formats/pandas/pandas-pickle.ts';
import { plainJson } from '../../../src/formats/pandas/plain-json.ts';
import { op, pickle } from '../../helper/pickle-assembler.ts';
import { expectRefusal } from '../../helper/refusal.ts';

const fixture = (name: string) =>
  readFileSync(new URL(`../../fixtures/formats/pandas/${name}`, import.meta.url));
const expected = JSON.parse(fixture('values.json').toString());
const read = (bytes: Uint8Array) => readPandasPickle(bytes, 'The info');

describe('pickles of pandas, numpy and datetime', () => {
  test.each([2, 3, 4, 5])('is read from protocol %i as Python shows it', (protocol) => {
    const values = read(fixture(`values_${protocol}.pkl`));
    expect(plainJson(values)).toEqual(expected);
  });

  test('are read with the module names of numpy 2', () => {
    const renamed = fixture('values_2.pkl').toString('latin1').replaceAll('numpy.core.', 'numpy._core.');
    expect(plainJson(read(Buffer.from(renamed, 'latin1')))).toEqual(expected);
  });

  test('have frames whose columns and index are read by name', () => {
    const values = read(fixture('values_4.pkl')) as Map<string, unknown>;
    const frame = values.get('levels') as PandasDataFrame;
    expect(frame).toBeInstanceOf(PandasDataFrame);
    expect(frame.column('symbol')).toEqual(['a', 'b']);
    expect(frame.column('tau')).toEqual([1.5, Number.NaN]);
    expect(frame.column('other')).toBe(undefined);
  });
});

/** The layouts of newer versions, put together by hand. */
const f8 = [op.global('numpy', 'dtype'), op.tuple(op.text('f8'), op.false, op.true), op.reduce];
const doubles = (...values: number[]) => [
  op.global('numpy._core.numeric', '_frombuffer'),
  op.mark,
  op.binary(Buffer.from(Float64Array.from(values).buffer)),
  ...f8,
  op.tuple(op.int(values.length)),
  op.text('C'),
  Buffer.from('t'),
  op.reduce,
];
const range = (stop: number) => [
  op.global('pandas.core.indexes.base', '_new_Index'),
  op.global('pandas.core.indexes.range', 'RangeIndex'),
  op.dict(
    op.text('name'),
    op.none,
    op.text('start'),
    op.int(0),
    op.text('stop'),
    op.int(stop),
    op.text('step'),
    op.int(1),
  ),
  op.tuple2,
  op.reduce,
];
const slice = [op.global('builtins', 'slice'), op.tuple(op.int(0), op.int(1), op.int(1)), op.reduce];
const block = (content: Buffer[]) => [
  op.global('pandas._libs.internals', '_unpickle_block'),
  op.mark,
  ...content,
  ...slice,
  op.int(1),
  Buffer.from('t'),
  op.reduce,
];
const series = (content: Buffer[], index: Buffer[]) =>
  pickle(
    op.global('pandas.core.series', 'Series'),
    op.emptyTuple,
    op.newObject,
    op.emptyDict,
    op.text('_mgr'),
    op.global('pandas.core.internals.managers', 'SingleBlockManager'),
    block(content),
    index,
    op.tuple2,
    op.reduce,
    op.setItem,
    op.build,
  );

describe('the layout of a series of pandas 2', () => {
  test('has one block and one index', () => {
    const value = read(series(doubles(0.5, 1.5), range(2)));
    expect(value).toBeInstanceOf(PandasSeries);
    expect(plainJson(value)).toEqual([0.5, 1.5]);
  });

  test('has as many values as labels', () =>
    expectRefusal(
      () => read(series(doubles(0.5, 1.5), range(3))),
      'PICKLE_MALFORMED',
      /2 values for 3 labels/,
    ));
});

test('a time may have a zone with a fraction of a second', () => {
  const zone = [
    op.global('datetime', 'timezone'),
    ...[op.global('datetime', 'timedelta'), op.tuple(op.int(0), op.int(0), op.int(500_000)), op.reduce],
    Buffer.from([0x85]),
    op.reduce,
  ];
  const midnight = op.binary(Buffer.from('07e90107000000000000', 'hex'));
  const time = pickle(op.global('datetime', 'datetime'), midnight, ...zone, op.tuple2, op.reduce);
  expect(plainJson(read(time))).toBe('2025-01-07T00:00:00+00:00:00');
});

describe('hostile pickles', () => {
  test.each([
    ['os', 'system'],
    ['builtins', 'eval'],
    ['pandas.io.pickle', 'read_pickle'],
    ['pandas', 'eval'],
    ['numpy', 'load'],
    ['pathlib', 'Path.unlink'],
    ['xgboost.core', 'Booster'],
  ])('%s %s is refused', (module, name) =>
    expectRefusal(
      () => read(pickle(op.global(module, name), op.tuple(op.text('x')), op.reduce)),
      'PICKLE_FORBIDDEN_GLOBAL',
      /nothing was executed/,
    ),
  );

  test('getattr only reaches the constructor of time zones', () =>
    expectRefusal(
      () =>
        read(
          pickle(
            op.global('builtins', 'getattr'),
            op.global('zoneinfo', 'ZoneInfo'),
            op.text('clear_cache'),
            op.tuple2,
            op.reduce,
          ),
        ),
      'PICKLE_MALFORMED',
      /getattr/,
    ));

  test('a range of too many rows is refused', () =>
    expectRefusal(
      () => read(pickle(range(2 ** 31 - 1))),
      'PICKLE_MALFORMED',
      /RangeIndex has 2147483647 rows/,
    ));

  test('a value beyond the limit of JSON values is not converted', () => {
    const value = read(pickle(op.mark, range(500_000), Buffer.from('l')));
    expect(plainJson(value)).toBe(undefined);
  });

  test('changed bytes are either refused or read', () => {
    const file = fixture('values_4.pkl');
    const change = fc.tuple(fc.nat(file.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const changed = Buffer.from(file);
        for (const [at, value] of changes) changed[at] = value;
        try {
          plainJson(read(changed));
        } catch (error) {
          expect(error).toBeInstanceOf(PaperdeskError);
        }
      }),
      { numRuns: 300 },
    );
  });
});
