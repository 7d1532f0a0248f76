import { readdirSync, readFileSync } from 'node:fs';
import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../../src/errors.ts';
import { memoryReader } from '../../../src/formats/byte-reader.ts';
import type { StandardScaler } from '../../../src/formats/model-files.ts';
import { readScaler } from '../../../src/formats/sklearn/read-scaler.ts';
import { bytes, op, pickle, u64 } from '../../helper/pickle-assembler.ts';
import { expectRefusal } from '../../helper/refusal.ts';

const folder = new URL('../../fixtures/formats/sklearn/', import.meta.url);
const fixture = (name: string) => readFileSync(new URL(name, folder));
const read = (file: Buffer) => readScaler(memoryReader(file)) as Promise<StandardScaler>;
const expected: { mean: number[]; scale: number[] } = JSON.parse(fixture('expected.json').toString());

describe('scalers of scikit-learn', () => {
  const same = readdirSync(folder).filter((name) => /^(pickle_|joblib_|names_|strided)/.test(name));
  test.each(same)('%s', async (name) => {
    const scaler = await read(fixture(name));
    expect([...scaler.mean]).toEqual(expected.mean);
    expect([...scaler.scale]).toEqual(expected.scale);
    const names = name.startsWith('names') ? Array.from({ length: 28 }, (_, i) => `feature_${i}`) : undefined;
    expect(scaler.featureOrder).toEqual(names);
  });

  test('a feature without variance is divided by 1', () => {
    expect(expected.scale[5]).toBe(1);
  });

  test('numbers may be big-endian and float32', async () => {
    const scaler = await read(fixture('big_endian.pkl'));
    expect([...scaler.mean]).toEqual(expected.mean);
    expect([...scaler.scale]).toEqual(expected.scale.map(Math.fround));
  });

  test.each([
    ['without_mean.pkl', true, false],
    ['without_std.pkl', false, true],
    ['without_both.pkl', true, true],
  ])('%s leaves out what it does not do', async (name, noMean, noStd) => {
    const scaler = await read(fixture(name));
    expect([...scaler.mean]).toEqual(noMean ? new Array(28).fill(0) : expected.mean);
    expect([...scaler.scale]).toEqual(noStd ? new Array(28).fill(1) : expected.scale);
  });

  test('module names of numpy 2 and of older scikit-learn are accepted', async () => {
    const renamed = fixture('pickle_2.pkl')
      .toString('latin1')
      .replaceAll('numpy.core.multiarray', 'numpy._core.multiarray')
      .replace('sklearn.preprocessing._data', 'sklearn.preprocessing.data');
    expect([...(await read(Buffer.from(renamed, 'latin1'))).mean]).toEqual(expected.mean);
  });

  test('the packages of the specification', async () => {
    const packages = new URL('../../fixtures/packages/', import.meta.url);
    const alpha = JSON.parse(readFileSync(new URL('alpha/scaler.expected.json', packages), 'utf8'));
    const scaler = await read(readFileSync(new URL('alpha/scaler.pkl', packages)));
    expect([...scaler.mean]).toEqual(alpha.mean);
    expect([...scaler.scale]).toEqual(alpha.scale);
    for (const name of ['beta', 'gamma']) await read(readFileSync(new URL(`${name}/scaler.pkl`, packages)));
  });
});

describe('scalers in JSON', () => {
  const json = (changes: object) => Buffer.from(JSON.stringify({ ...expected, ...changes }));
  const order = Array.from({ length: 28 }, (_, i) => `f${i}`);

  test('are read, also with a byte order mark and white space', async () => {
    for (const file of [json({ rows: 3 }), bytes('\xef\xbb\xbf \n', json({}))]) {
      expect([...(await read(file)).scale]).toEqual(expected.scale);
    }
    expect((await read(json({ feature_order: order }))).featureOrder).toEqual(order);
  });

  const cases: [string, Buffer, ErrorCode, RegExp?][] = [
    ['cut off', json({}).subarray(0, -1), 'JSON_MALFORMED'],
    ['a list', Buffer.from('[1, 2]'), 'JSON_MALFORMED'],
    ['not UTF-8', bytes('{"a": "', 0xff, '"}'), 'JSON_MALFORMED'],
    ['no mean', json({ mean: undefined }), 'NOT_SCALER', /mean/],
    ['a mean that is text', json({ mean: '0' }), 'NOT_SCALER', /mean/],
    ['a scale with a null', json({ scale: [null] }), 'NOT_SCALER', /scale/],
    ['mean and scale in the prototype', Buffer.from(`{"__proto__":${json({})}}`), 'NOT_SCALER'],
    ['27 scales', json({ scale: expected.scale.slice(1) }), 'NOT_SCALER', /28.*27/],
    ['29 names', json({ feature_order: [...order, 'more'] }), 'NOT_SCALER', /29/],
    ['names that are numbers', json({ feature_order: [1] }), 'NOT_SCALER', /feature_order/],
    ['a scale of 0', json({ scale: expected.scale.with(2, 0) }), 'SCALER_VALUE', /scale of feature 3 is 0/],
    ['a negative scale', json({ scale: expected.scale.with(2, -3) }), 'SCALER_VALUE', /-3/],
    [
      'an infinite mean',
      Buffer.from(
        json({})
          .toString()
          .replace(/\[[^,]+,/, '[1e999,'),
      ),
      'SCALER_VALUE',
      /Infinity/,
    ],
  ];
  test.each(cases)('%s', async (_, file, code, sentence) => {
    await expectRefusal(() => read(file), code, sentence);
  });
});

describe('refused files', () => {
  const dtype = (name: string) =>
    bytes(
      op.global('numpy', 'dtype'),
      op.tuple(op.text(name), op.false, op.true),
      op.reduce,
      op.tuple(op.int(3), op.text('<'), op.none, op.none, op.none, op.int(-1), op.int(-1), op.int(0)),
      op.build,
    );
  const array = (shape: Buffer, type: Buffer, content: Buffer) =>
    bytes(
      op.global('numpy.core.multiarray', '_reconstruct'),
      op.tuple(op.global('numpy', 'ndarray'), op.tuple(op.int(0)), op.binary(Buffer.from('b'))),
      op.reduce,
      op.tuple(op.int(1), shape, type, op.false, content),
      op.build,
    );
  const wrapper = (shape: Buffer, type = dtype('f8'), subclass = op.global('numpy', 'ndarray')) =>
    bytes(
      op.global('joblib.numpy_pickle', 'NumpyArrayWrapper'),
      op.emptyTuple,
      op.newObject,
      op.dict(
        op.text('subclass'),
        subclass,
        op.text('shape'),
        shape,
        op.text('order'),
        op.text('C'),
        op.text('dtype'),
        type,
      ),
      op.build,
    );
  const wrong = (...parts: Buffer[]) => pickle(parts);
  const estimator = (module: string, name: string) =>
    pickle(op.global(module, name), op.emptyTuple, op.newObject, op.emptyDict, op.build);
  const good = fixture('joblib_plain.pkl');

  const cases: [string, Buffer, ErrorCode, RegExp?][] = [
    ['empty', Buffer.alloc(0), 'FILE_EMPTY'],
    ['text', Buffer.from('hello'), 'NOT_SCALER', /neither/],
    ['5 MB', Buffer.alloc(5 * 2 ** 20, '{'), 'NOT_SCALER', /5242880/],
    ['refused_bz2.pkl', fixture('refused_bz2.pkl'), 'SCALER_COMPRESSION', /bz2.*joblib\.dump/],
    ['refused_lzma.pkl', fixture('refused_lzma.pkl'), 'SCALER_COMPRESSION', /lzma/],
    ['refused_xz.pkl', fixture('refused_xz.pkl'), 'SCALER_COMPRESSION', /xz/],
    ['lz4', bytes(0x04, 0x22, 0x4d, 0x18, 'xxxx'), 'SCALER_COMPRESSION', /lz4/],
    ['old zlib of joblib', bytes('ZF0x12              ', deflateSync('x')), 'SCALER_COMPRESSION'],
    ['refused_regression.pkl', fixture('refused_regression.pkl'), 'NOT_SCALER', /LinearRegression/],
    ['refused_pipeline.pkl', fixture('refused_pipeline.pkl'), 'NOT_SCALER', /Pipeline/],
    ['refused_not_fitted.pkl', fixture('refused_not_fitted.pkl'), 'NOT_SCALER', /never fitted/],
    ['refused_array.pkl', fixture('refused_array.pkl'), 'NOT_SCALER', /numpy\.ndarray/],
    ['refused_dict.pkl', fixture('refused_dict.pkl'), 'NOT_SCALER', /dict/],
    ['refused_nan.pkl', fixture('refused_nan.pkl'), 'SCALER_VALUE', /mean of feature 4 is NaN/],
    ['refused_zero_scale.pkl', fixture('refused_zero_scale.pkl'), 'SCALER_VALUE', /scale of feature 5 is 0/],
    ['refused_negative_scale.pkl', fixture('refused_negative_scale.pkl'), 'SCALER_VALUE', /-1/],
    ['a class itself', pickle(op.global('sklearn.preprocessing._data', 'StandardScaler')), 'NOT_SCALER'],
    ['a function of scikit-learn', estimator('sklearn.utils', 'load'), 'PICKLE_FORBIDDEN_GLOBAL'],
    [
      'a class that only seems to be of scikit-learn',
      estimator('sklearnx.base', 'StandardScaler'),
      'PICKLE_FORBIDDEN_GLOBAL',
    ],
    ['a command', wrong(op.global('nt', 'system')), 'PICKLE_FORBIDDEN_GLOBAL', /"nt system"/],
    ['a command, compressed', deflateSync(wrong(op.global('nt', 'system'))), 'PICKLE_FORBIDDEN_GLOBAL'],
    [
      'a command in the pickle of an object array',
      wrong(wrapper(op.tuple(op.int(1)), dtype('O8')), pickle(op.global('nt', 'system'))),
      'PICKLE_FORBIDDEN_GLOBAL',
    ],
    ['numbers cut off', good.subarray(0, good.length - 20), 'PICKLE_MALFORMED'],
    ['zlib cut off', fixture('joblib_zlib.pkl').subarray(0, 700), 'PICKLE_MALFORMED', /damaged|cut off/],
    ['bytes behind zlib', bytes(fixture('joblib_zlib.pkl'), 'x'), 'PICKLE_MALFORMED', /1 bytes follow/],
    ['a bomb in zlib', deflateSync(Buffer.alloc(2 ** 26)), 'PICKLE_LIMIT', /4194304/],
    ['a bomb in gzip', gzipSync(Buffer.alloc(2 ** 26)), 'PICKLE_LIMIT'],
    [
      'an array with fewer bytes than its shape',
      wrong(array(op.tuple(op.int(28)), dtype('f8'), op.binary(Buffer.alloc(8)))),
      'PICKLE_MALFORMED',
      /28 elements/,
    ],
    [
      'an array of 2^30 elements',
      wrong(array(op.tuple(op.int(2 ** 30)), dtype('f8'), op.binary(Buffer.alloc(8)))),
      'PICKLE_MALFORMED',
    ],
    [
      'an array of 2^120 elements',
      wrong(array(op.tuple(...Array(4).fill(op.int(2 ** 30))), dtype('f8'), op.binary(Buffer.alloc(0)))),
      'PICKLE_MALFORMED',
    ],
    [
      'elements of no size',
      wrong(array(op.tuple(op.int(2 ** 30)), dtype('f0'), op.binary(Buffer.alloc(0)))),
      'PICKLE_MALFORMED',
      /f0/,
    ],
    [
      'elements of 3 bytes',
      wrong(array(op.tuple(op.int(1)), dtype('f3'), op.binary(Buffer.alloc(3)))),
      'PICKLE_MALFORMED',
      /f3/,
    ],
    [
      'a negative size',
      wrong(array(op.tuple(op.int(-1)), dtype('f8'), op.binary(Buffer.alloc(0)))),
      'PICKLE_MALFORMED',
    ],
    [
      'a dtype that is a string',
      wrong(array(op.tuple(op.int(0)), op.text('f8'), op.binary(Buffer.alloc(0)))),
      'PICKLE_MALFORMED',
    ],
    [
      'an array that is another class',
      wrong(
        op.global('numpy.core.multiarray', '_reconstruct'),
        op.tuple(op.global('numpy', 'dtype'), op.emptyTuple, op.none),
        op.reduce,
      ),
      'PICKLE_MALFORMED',
    ],
    ['a joblib array of 2^30 elements', wrong(wrapper(op.tuple(op.int(2 ** 30)))), 'PICKLE_MALFORMED'],
    [
      'a joblib array that is another class',
      wrong(wrapper(op.tuple(op.int(0)), dtype('f8'), op.none)),
      'PICKLE_MALFORMED',
    ],
    [
      'a joblib array of objects with numbers behind it',
      wrong(wrapper(op.tuple(op.int(1)), dtype('O8')), pickle(op.int(1))),
      'PICKLE_MALFORMED',
    ],
    [
      'pickles in pickles in pickles',
      wrong(...Array(40).fill(bytes(wrapper(op.tuple(op.int(1)), dtype('O8')), op.proto(2)))),
      'PICKLE_LIMIT',
    ],
    [
      'a scalar of the wrong size',
      wrong(
        op.global('numpy.core.multiarray', 'scalar'),
        op.tuple(dtype('f8'), op.binary(Buffer.alloc(4))),
        op.reduce,
      ),
      'PICKLE_MALFORMED',
    ],
    [
      'a scalar that is an object',
      wrong(op.global('numpy.core.multiarray', 'scalar'), op.tuple(dtype('O8'), op.none), op.reduce),
      'PICKLE_MALFORMED',
    ],
    [
      'a dtype of records',
      wrong(
        op.global('numpy', 'dtype'),
        op.tuple(op.text('V16'), op.false, op.true),
        op.reduce,
        op.tuple(
          op.int(3),
          op.text('|'),
          op.none,
          op.tuple(op.text('a')),
          op.emptyDict,
          op.int(16),
          op.int(1),
          op.int(0),
        ),
        op.build,
      ),
      'PICKLE_MALFORMED',
      /records/,
    ],
    ['a frame that lies', bytes(op.proto(4), 0x95, u64(2n ** 40n), 'N.'), 'PICKLE_MALFORMED'],
  ];
  test.each(cases)('%s', async (_, file, code, sentence) => {
    await expectRefusal(() => read(file), code, sentence);
  });
});
