import type { Attribute, ExternalTensor, GraphValue, Initializer, OnnxGraph, OnnxNode } from './model.ts';

/** Collects nodes and constants in the order in which they are computed; values are handed around by name. */
export interface GraphBuilder {
  /** An input of the graph, float32. */
  input(name: string, dims: readonly (number | string)[]): string;
  /** Declares `value` to be the output `name` of the graph, float32. */
  output(name: string, value: string, dims: readonly (number | string)[]): void;
  /** The first output of a node of the standard operator set. */
  node(operator: string, inputs: readonly string[], attributes?: Readonly<Record<string, Attribute>>): string;
  /** The first output of a node of onnxruntime's own operators. */
  microsoft(
    operator: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, Attribute>>,
  ): string;
  floats(name: string, dims: readonly number[], values: Float32Array): string;
  external(tensor: ExternalTensor): string;
  /** A value in another shape; -1 stands for whatever is left. */
  reshape(value: string, dims: readonly number[]): string;
  build(): OnnxGraph;
}

/** An empty graph to be filled. */
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
