/** An ONNX graph as plain data: as much of onnx.proto3 as the graphs of this service need. */

/** Number types by their names here, with the codes and sizes that ONNX gives them. */
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

/** A constant whose values are part of the model file, row-major. */
export interface EmbeddedTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly values: Float32Array | BigInt64Array;
}

/** A constant whose little-endian values lie in another file in the same folder; offset and length in bytes. */
export interface ExternalTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly type: ElementType;
  readonly location: string;
  readonly offset: number;
  readonly length: number;
  /** Only the default of an input of the graph: a runtime may not compute with it before the graph is run. */
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
  /** '' is the standard set; 'com.microsoft' are the extensions of onnxruntime. */
  readonly domain: string;
  /** An empty name stands for an optional input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** An input or output of the graph; a dimension that is a word may have any size. */
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
