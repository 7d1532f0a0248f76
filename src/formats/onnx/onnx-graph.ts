import { type Message, message, toBytes } from './protobuf.ts';

/** Number types by their codes in ONNX. */
export const ELEMENT_TYPES = {
  float32: 1,
  uint8: 2,
  int64: 7,
  float16: 10,
  float64: 11,
  bfloat16: 16,
} as const;

/** IR 9 and operator set 20 (the first one with Gelu) came together, in ONNX 1.15. */
const IR_VERSION = 9;
const OPERATOR_SET = 20;
const MICROSOFT_OPERATOR_SET = 1;
const EXTERNAL = 1;
const ATTRIBUTE_TYPES = { float: 1, int: 2, string: 3, ints: 7 } as const;

type Attribute = number | string | { readonly float: number } | { readonly ints: readonly number[] };
type Attributes = Readonly<Record<string, Attribute>>;
/** A named dimension may have any size. */
type Dimensions = readonly (number | string)[];

/** A constant whose little-endian values are in another file of the same folder; offset and length in bytes. */
export interface ExternalTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly type: keyof typeof ELEMENT_TYPES;
  readonly location: string;
  readonly offset: number;
  readonly length: number;
  /** Only the default of an input of the graph, so that the runtime cannot fold it into other constants. */
  readonly overridable?: boolean;
}

/**
 * Builds an ONNX graph: nodes and constants in order of computation; values are referred to by name. Field numbers are
 * those of onnx.proto3.
 */
export class OnnxGraph {
  private readonly name: string;
  private readonly nodes: Message[] = [];
  private readonly initializers: Message[] = [];
  private readonly inputs: Message[] = [];
  private readonly overridable: Message[] = [];
  private readonly outputs: Message[] = [];
  private readonly shapes = new Set<string>();

  constructor(name: string) {
    this.name = name;
  }

  /** Adds a float32 input of the graph. */
  input(name: string, dims: Dimensions): string {
    this.inputs.push(encodeValue(name, 'float32', dims));
    return name;
  }

  /** Declares `value` as the float32 output `name` of the graph. */
  output(name: string, value: string, dims: Dimensions): void {
    this.node('Identity', [value], {}, '', name);
    this.outputs.push(encodeValue(name, 'float32', dims));
  }

  /** Adds a node of onnxruntime's own operators. @returns its output */
  microsoft(operator: string, inputs: readonly string[], attributes?: Attributes): string {
    return this.node(operator, inputs, attributes, 'com.microsoft');
  }

  /** Adds a node, by default of the standard operator set. @returns its output */
  node(
    operator: string,
    inputs: readonly string[],
    attributes: Attributes = {},
    domain = '',
    output = `${operator}_${this.nodes.length}`,
  ): string {
    const encoded = Object.entries(attributes).map(([name, value]) => encodeAttribute(name, value));
    // Field 3 is the name in onnxruntime's messages; the output identifies the node.
    this.nodes.push(message([1, inputs], [2, output], [3, output], [4, operator], [5, encoded], [7, domain]));
    return output;
  }

  /** Adds a row-major float32 constant; `values` must not change until the graph is encoded. */
  floats(name: string, dims: readonly number[], values: Float32Array): string {
    return this.embed(name, dims, 'float32', values);
  }

  external({ name, dims, type, location, offset, length, overridable = false }: ExternalTensor): string {
    const place = { location, offset: `${offset}`, length: `${length}` };
    const entries = Object.entries(place).map(([key, value]) => message([1, key], [2, value]));
    this.initializers.push(
      message([1, { ints: dims }], [2, ELEMENT_TYPES[type]], [8, name], [13, entries], [14, EXTERNAL]),
    );
    if (overridable) this.overridable.push(encodeValue(name, type, dims));
    return name;
  }

  /** A value in another shape; -1 is the remaining size. */
  reshape(value: string, dims: readonly number[]): string {
    const shape = `shape_${dims.join('_')}`;
    if (!this.shapes.has(shape)) {
      this.shapes.add(shape);
      this.embed(shape, [dims.length], 'int64', BigInt64Array.from(dims, BigInt));
    }
    return this.node('Reshape', [value, shape]);
  }

  private embed(
    name: string,
    dims: readonly number[],
    type: 'float32' | 'int64',
    { buffer, byteOffset, byteLength }: Float32Array | BigInt64Array,
  ): string {
    const bytes = new Uint8Array(buffer, byteOffset, byteLength);
    this.initializers.push(message([1, { ints: dims }], [2, ELEMENT_TYPES[type]], [8, name], [9, bytes]));
    return name;
  }

  /** The bytes of an ONNX model file. */
  encode(): Uint8Array {
    const graph = message(
      [1, this.nodes],
      [2, this.name],
      [5, this.initializers],
      [11, [...this.inputs, ...this.overridable]],
      [12, this.outputs],
    );
    const operatorSets = [
      message([1, ''], [2, OPERATOR_SET]),
      message([1, 'com.microsoft'], [2, MICROSOFT_OPERATOR_SET]),
    ];
    return toBytes(message([1, IR_VERSION], [2, 'paperdesk'], [7, graph], [8, operatorSets]));
  }
}

function encodeAttribute(name: string, value: Attribute): Message {
  const encode = (type: keyof typeof ATTRIBUTE_TYPES, field: number) =>
    message([1, name], [field, value], [20, ATTRIBUTE_TYPES[type]]);
  if (typeof value === 'number') return encode('int', 3);
  if (typeof value === 'string') return encode('string', 4);
  return 'float' in value ? encode('float', 2) : encode('ints', 8);
}

function encodeValue(name: string, type: keyof typeof ELEMENT_TYPES, dims: Dimensions): Message {
  const sizes = dims.map((size) => message(typeof size === 'number' ? [1, size] : [2, size]));
  const tensor = message([1, ELEMENT_TYPES[type]], [2, message([1, sizes])]);
  return message([1, name], [2, message([1, tensor])]);
}
