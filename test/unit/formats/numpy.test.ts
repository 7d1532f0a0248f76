import { describe, expect, test } from 'vitest';
import { NUMPY_GLOBALS, NumpyArray, toFloat64Vector } from '../../../src/formats/numpy/numpy.ts';
import { readPickle } from '../../../src/formats/pickle/pickle.ts';
import { allowList } from '../../../src/formats/pickle/pickle-values.ts';
import { bytes, op, pickle } from '../../helper/pickle-assembler.ts';

const globals = allowList(NUMPY_GLOBALS);
const read = (...parts: Buffer[]) => readPickle(pickle(parts), { what: 'The file', globals });
const hex = (text: string) => op.binary(Buffer.from(text, 'hex'));

function dtype(name: string, order = '<', itemSize = -1): Buffer {
  const state = op.tuple(
    op.int(3),
    op.text(order),
    op.none,
    op.none,
    op.none,
    op.int(itemSize),
    op.int(-1),
    op.int(0),
  );
  const named = op.tuple(op.text(name), op.false, op.true);
  return bytes(op.global('numpy', 'dtype'), named, op.reduce, state, op.build);
}

describe('scalars become plain values', () => {
  test.each([
    ['f2', '<', '003c', 1],
    ['f2', '<', '0100', 2 ** -24],
    ['f2', '<', 'ff7b', 65504],
    ['f2', '<', '00fc', Number.NEGATIVE_INFINITY],
    ['f4', '<', '0000c0bf', -1.5],
    ['f8', '<', '000000000000f83f', 1.5],
    ['f8', '>', '3ff8000000000000', 1.5],
    ['i1', '|', 'ff', -1],
    ['i2', '>', 'fffe', -2],
    ['i4', '<', 'fdffffff', -3],
    ['i8', '<', '0000000000000080', -(2n ** 63n)],
    ['i8', '>', '0000000000000007', 7],
    ['u1', '|', 'ff', 255],
    ['u2', '<', '0001', 256],
    ['u4', '<', 'ffffffff', 2 ** 32 - 1],
    ['u8', '<', 'ffffffffffffffff', 2n ** 64n - 1n],
    ['b1', '|', '01', true],
  ])('%s %s %s', (name, order, content, expected) => {
    const scalar = op.global('numpy.core.multiarray', 'scalar');
    expect(read(scalar, op.tuple(dtype(name, order), hex(content)), op.reduce)).toBe(expected);
  });

  test.each([
    ['M8', '0100000000000000', 1n],
    ['m8', 'ffffffffffffffff', -1n],
    ['M8', '0000000000000080', null],
  ])('%s %s counts %s', (name, content, count) => {
    const scalar = op.global('numpy.core.multiarray', 'scalar');
    expect(read(scalar, op.tuple(dtype(name, '<'), hex(content)), op.reduce)).toMatchObject({
      count,
      unit: 'ns',
    });
  });

  test.each([
    ['U3', '<', 12, '61000000ac20000000000000', 'a€'],
    ['S3', '|', 3, '616200', 'ab'],
  ])('%s', (name, order, size, content, expected) => {
    const scalar = op.global('numpy._core.multiarray', 'scalar');
    expect(read(scalar, op.tuple(dtype(name, order, size), hex(content)), op.reduce)).toBe(expected);
  });
});

describe('arrays', () => {
  const fromBuffer = (name: string, shape: Buffer, content: string) =>
    read(
      op.global('numpy._core.numeric', '_frombuffer'),
      op.tuple(hex(content), dtype(name), shape, op.text('F')),
      op.reduce,
    );

  test('have their shape, order and bytes', () => {
    const array = fromBuffer('i2', op.tuple(op.int(2), op.int(1)), '01000200') as NumpyArray;
    expect(array).toBeInstanceOf(NumpyArray);
    expect(array).toMatchObject({ shape: [2, 1], fortran: true, length: 2 });
    expect(toFloat64Vector(array)).toBe(undefined);
  });

  test('of one dimension become vectors', () => {
    const vector = fromBuffer('i2', op.tuple(op.int(2)), '0100feff') as NumpyArray;
    expect(toFloat64Vector(vector)).toEqual(Float64Array.of(1, -2));
  });

  test('of complex numbers do not become vectors', () => {
    const array = fromBuffer('c8', op.tuple(op.int(1)), '0000000000000000') as NumpyArray;
    expect(toFloat64Vector(array)).toBe(undefined);
  });
});
