import type { Attribute, ExternalTensor, GraphValue, Initializer, OnnxGraph, OnnxNode } from './model.ts';

/** Collects nodes and constants in order of computation; values are referred to by name. */
export interface GraphBuilder {
  /** An input of the graph, float32. */
  input(name: string, dims: readonly (number | string)[]): string;
  /** Declares `value` as the output `name` of the graph, float32. */
  output(name: string, value: string, dims: readonly (number | string)[]): void;
  /** Adds a node of the standard operator set. @returns its first output */
  node(operator: string, inputs: readonly string[], attributes?: Readonly<Record<string, Attribute>>): string;
  /** Adds a node of onnxruntime's own operators. @returns its first output */
  microsoft(
    operator: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, Attribute>>,
  ): string;
  floats(name: string, dims: readonly number[], values: Float32Array): string;
  external(tensor: ExternalTensor): string;
  /** A value in another shape; -1 is the remaining size. */
  reshape(value: string, dims: readonly number[]): string;
  build(): OnnxGraph;
}

/** A builder of an empty graph. */
export function createGraphBuilder(name: string): GraphBuilder {
  const inputs: GraphValue[] = [];
  const outputs: GraphValue[] = [];
  const initializers: Initializer[] = [];
  const nodes: OnnxNode[] = [];

  function add(
    domain: string,
    operator: string,
    from: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): string {
    const result = `${operator}_${nodes.length}`;
    nodes.push({ domain, operator, inputs: from, outputs: [result], attributes });
    return result;
  }

  function shape(dims: readonly number[]): string {
    const constant = `shape_${dims.join('_')}`;
    if (!initializers.some((tensor) => tensor.name === constant)) {
      initializers.push({
        name: constant,
        dims: [dims.length],
        values: BigInt64Array.from(dims, (dim) => BigInt(dim)),
      });
    }
    return constant;
  }

  return {
    input(name, dims) {
      inputs.push({ name, type: 'float32', dims });
      return name;
    },
    output(name, value, dims) {
      nodes.push({ domain: '', operator: 'Identity', inputs: [value], outputs: [name], attributes: {} });
      outputs.push({ name, type: 'float32', dims });
    },
    node: (operator, from, attributes) => add('', operator, from, attributes),
    microsoft: (operator, from, attributes) => add('com.microsoft', operator, from, attributes),
    floats(name, dims, values) {
      initializers.push({ name, dims, values });
      return name;
    },
    external(tensor) {
      initializers.push(tensor);
      return tensor.name;
    },
    reshape: (value, dims) => add('', 'Reshape', [value, shape(dims)]),
    build: () => ({ name, inputs, outputs, initializers, nodes }),
  };
}
