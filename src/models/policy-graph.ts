import type { Activation, DenseLayer, PolicyFile } from '../formats/model-files.ts';
import { OnnxGraph } from '../formats/onnx/onnx-graph.ts';

/** torch's default for nn.LeakyReLU. */
const LEAKY_RELU_SLOPE = 0.01;

/** The actor as an ONNX graph: `observation` [batch, observations] -> `mean` [batch, actions]. */
export function policyGraph(policy: PolicyFile): OnnxGraph {
  const graph = new OnnxGraph('policy');
  let value = graph.input('observation', ['batch', policy.observationSize]);
  for (const [index, layer] of policy.hidden.entries()) {
    value = activate(graph, policy.activation, dense(graph, `hidden_${index}`, layer, value));
  }
  graph.output('mean', dense(graph, 'action', policy.output, value), ['batch', policy.actionSize]);
  return graph;
}

/** The standard deviation of each action, exp(log_std) (forecast-and-policy.md#29). */
export function policyStd(policy: PolicyFile): Float32Array {
  return policy.logStd.map(Math.exp);
}

function dense(graph: OnnxGraph, name: string, layer: DenseLayer, input: string): string {
  const weight = graph.floats(`${name}.weight`, [layer.outputs, layer.inputs], layer.weight);
  const bias = graph.floats(`${name}.bias`, [layer.outputs], layer.bias);
  return graph.node('Gemm', [input, weight, bias], { transB: 1 });
}

function activate(graph: OnnxGraph, activation: Activation, value: string): string {
  switch (activation) {
    case 'tanh':
      return graph.node('Tanh', [value]);
    case 'relu':
      return graph.node('Relu', [value]);
    case 'elu':
      return graph.node('Elu', [value], { alpha: { float: 1 } });
    case 'gelu':
      return graph.node('Gelu', [value], { approximate: 'none' });
    case 'silu':
      return graph.node('Mul', [value, graph.node('Sigmoid', [value])]);
    case 'leaky_relu':
      return graph.node('LeakyRelu', [value], { alpha: { float: LEAKY_RELU_SLOPE } });
    case 'identity':
      return value;
  }
}
