import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createGraphBuilder } from '../../../../src/formats/onnx/builder.ts';
import { encodeModel } from '../../../../src/formats/onnx/encode.ts';
import {
  bytesField,
  floatField,
  integerField,
  integersField,
  message,
  messageField,
  stringField,
  toBytes,
} from '../../../../src/formats/onnx/protobuf.ts';
import { decodeProtobuf, type Field, field, fields, readVarints, text } from './decode-protobuf.ts';

/** The examples of the encoding guide of protocol buffers, and the edges of a varint. */
const WIRE: [string, ReturnType<typeof message>, string][] = [
  ['an integer', integerField(1, 150), '089601'],
  ['zero', integerField(1, 0), '0800'],
  ['the largest one-byte varint', integerField(2, 127), '107f'],
  ['a negative integer', integerField(1, -2), '08feffffffffffffffff01'],
  ['a string', stringField(2, 'testing'), '120774657374696e67'],
  ['a message', messageField(3, integerField(1, 150)), '1a03089601'],
  ['packed integers', integersField(6, [3, 270, 86942]), '3206038e029ea705'],
  ['a float', floatField(2, 1), '150000803f'],
  ['a field number above 15', integerField(20, 1), 'a00101'],
  ['no bytes', bytesField(1, new Uint8Array()), '0a00'],
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
        const encoded = toBytes(
          message(integersField(1, integers), stringField(2, words), messageField(700, bytesField(3, bytes))),
        );
        const decoded = decodeProtobuf(encoded);
        expect(readVarints(field(decoded, 1)).map(Number)).toEqual(integers);
        expect(text(field(decoded, 2))).toBe(words);
        expect(Buffer.from(field(decodeProtobuf(field(decoded, 700)), 3))).toEqual(Buffer.from(bytes));
      },
    ),
  );
});

describe('a model', () => {
  const builder = createGraphBuilder('small');
  const input = builder.input('x', ['batch', 3]);
  const weight = builder.external({
    name: 'w',
    dims: [2, 3],
    type: 'float16',
    location: 'weights.pt',
    offset: 4096,
    length: 12,
    overridable: true,
  });
  const bias = builder.floats('b', [2], Float32Array.of(1.5, -2));
  const wide = builder.node('Cast', [weight], { to: { int: 1 } });
  const product = builder.node('Gemm', [input, wide, bias], { transB: { int: 1 }, alpha: { float: 0.5 } });
  builder.output('y', builder.reshape(builder.reshape(product, [-1, 2]), [-1, 2]), ['batch', 2]);
  const model = decodeProtobuf(encodeModel(builder.build()));
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
