import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OnnxGraph } from '../../../../src/formats/onnx/onnx-graph.ts';
import { message, toBytes } from '../../../../src/formats/onnx/protobuf.ts';
import { decodeProtobuf, type Field, field, fields, readVarints, text } from './decode-protobuf.ts';

/** The examples of the encoding guide of protocol buffers, and the edges of a varint. */
const WIRE: [string, ReturnType<typeof message>, string][] = [
  ['an integer', message([1, 150]), '089601'],
  ['zero', message([1, 0]), '0800'],
  ['the largest one-byte varint', message([2, 127]), '107f'],
  ['a negative integer', message([1, -2]), '08feffffffffffffffff01'],
  ['a string', message([2, 'testing']), '120774657374696e67'],
  ['a message', message([3, message([1, 150])]), '1a03089601'],
  ['packed integers', message([6, { ints: [3, 270, 86942] }]), '3206038e029ea705'],
  ['a float', message([2, { float: 1 }]), '150000803f'],
  ['a field number above 15', message([20, 1]), 'a00101'],
  ['repeated strings', message([1, ['a', 'b']]), '0a01610a0162'],
  ['no bytes', message([1, new Uint8Array()]), '0a00'],
];

test.each(WIRE)('%s', (_, encoded, hex) => {
  expect(Buffer.from(toBytes(encoded)).toString('hex')).toBe(hex);
});

test('encoded fields are read back', () => {
  const integer = fc.integer({ min: -(2 ** 53) + 1, max: 2 ** 53 - 1 });
  fc.assert(
    fc.property(
      fc.array(integer),
      fc.string({ unit: 'grapheme' }),
      fc.uint8Array(),
      (integers, words, bytes) => {
        const encoded = toBytes(message([1, { ints: integers }], [2, words], [700, message([3, bytes])]));
        const decoded = decodeProtobuf(encoded);
        expect(readVarints(field(decoded, 1)).map(Number)).toEqual(integers);
        expect(text(field(decoded, 2))).toBe(words);
        expect(Buffer.from(field(decodeProtobuf(field(decoded, 700)), 3))).toEqual(Buffer.from(bytes));
      },
    ),
  );
});

describe('a model', () => {
  const small = new OnnxGraph('small');
  const input = small.input('x', ['batch', 3]);
  const weight = small.external({
    name: 'w',
    dims: [2, 3],
    type: 'float16',
    location: 'weights.pt',
    offset: 4096,
    length: 12,
    overridable: true,
  });
  const bias = small.floats('b', [2], Float32Array.of(1.5, -2));
  const wide = small.node('Cast', [weight], { to: 1 });
  const product = small.node('Gemm', [input, wide, bias], { transB: 1, alpha: { float: 0.5 } });
  small.output('y', small.reshape(small.reshape(product, [-1, 2]), [-1, 2]), ['batch', 2]);
  const model = decodeProtobuf(small.encode());
  const graph = decodeProtobuf(field(model, 7));
  const initializers = fields(graph, 5).map(decodeProtobuf);

  test('declares its operator sets', () => {
    const sets = fields(model, 8).map(decodeProtobuf);
    expect(sets.map((set) => [text(field(set, 1)), Number(integer(set, 2))])).toEqual([
      ['', 20],
      ['com.microsoft', 1],
    ]);
  });

  test('has the offsets of weights in another file', () => {
    const [external] = initializers;
    expect([text(field(external!, 8)), integer(external!, 2), integer(external!, 14)]).toEqual([
      'w',
      10n,
      1n,
    ]);
    const place = fields(external!, 13).map(decodeProtobuf);
    expect(Object.fromEntries(place.map((entry) => [text(field(entry, 1)), text(field(entry, 2))]))).toEqual({
      location: 'weights.pt',
      offset: '4096',
      length: '12',
    });
  });

  test('has embedded values as little-endian float32', () => {
    const bytes = field(initializers[1]!, 9);
    expect(Buffer.from(bytes).toString('hex')).toBe('0000c03f000000c0');
  });

  test('has each shape constant once', () => {
    const names = initializers.map((initializer) => text(field(initializer, 8)));
    expect(names).toEqual(['w', 'b', 'shape_-1_2']);
  });

  test('lists overridable constants as inputs, after the real ones', () => {
    const inputs = fields(graph, 11).map((value) => text(field(decodeProtobuf(value), 1)));
    expect(inputs).toEqual(['x', 'w']);
  });

  test('has its nodes in order, with their attributes', () => {
    const nodes = fields(graph, 1).map(decodeProtobuf);
    expect(nodes.map((node) => text(field(node, 4)))).toEqual([
      'Cast',
      'Gemm',
      'Reshape',
      'Reshape',
      'Identity',
    ]);
    const attributes = fields(nodes[1]!, 5).map(decodeProtobuf);
    expect(attributes.map((attribute) => [text(field(attribute, 1)), integer(attribute, 20)])).toEqual([
      ['transB', 2n],
      ['alpha', 1n],
    ]);
  });
});

function integer(decoded: readonly Field[], number: number): bigint {
  const found = decoded.find((one) => one.number === number)?.value;
  if (typeof found !== 'bigint') throw new Error(`Field ${number} is no integer.`);
  return found;
}
