/** An ONNX graph as plain data: the parts of onnx.proto3 that this service needs. */

/** Number types with their codes in ONNX and their sizes. */
export const ELEMENT_TYPES = {
  float32: { code: 1, bytes: 4 },
  uint8: { code: 2, bytes: 1 },
  int8: { code: 3, bytes: 1 },
  int64: { code: 7, bytes: 8 },
  float16: { code: 10, bytes: 2 },
  float64: { code: 11, bytes: 8 },
  bfloat16: { code: 16, bytes: 2 },
} as const;

export type ElementType = keyof typeof ELEMENT_TYPES;

/** A constant whose values are in the model file, row-major. */
export interface EmbeddedTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly values: Float32Array | BigInt64Array;
}

/** A constant whose little-endian values are in another file of the same folder; offset and length in bytes. */
export interface ExternalTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly type: ElementType;
  readonly location: string;
  readonly offset: number;
  readonly length: number;
  /** Only the default of an input of the graph, so that the runtime cannot fold it into other constants. */
  readonly overridable?: boolean;
}

export type Initializer = EmbeddedTensor | ExternalTensor;

export type Attribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly ints: readonly number[] }
  | { readonly string: string };

export interface OnnxNode {
  readonly operator: string;
  /** '' is the standard set, 'com.microsoft' are the extensions of onnxruntime. */
  readonly domain: string;
  /** An empty name is an omitted optional input. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** An input or output of the graph; a named dimension may have any size. */
export interface GraphValue {
  readonly name: string;
  readonly type: ElementType;
  readonly dims: readonly (number | string)[];
}

export interface OnnxGraph {
  readonly name: string;
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
  readonly initializers: readonly Initializer[];
  readonly nodes: readonly OnnxNode[];
}
