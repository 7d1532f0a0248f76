import type { Activation, DenseLayer, PolicyFile } from '../formats/model-files.ts';
import { OnnxGraph } from '../formats/onnx/onnx-graph.ts';

/** torch's default for nn.LeakyReLU. */
const LEAKY_RELU_SLOPE = 0.01;

/** stable-baselines3's StateDependentNoiseDistribution.epsilon. */
const NOISE_EPSILON = 1e-6;

/**
 * The actor as an ONNX graph: `observation` [batch, observations] -> `mean` [batch, actions]. With state-dependent noise
 * the output is `mean_and_std` [batch, 2 * actions]: the means, then the standard deviations.
 */
export function policyGraph(policy: PolicyFile): OnnxGraph {
  const graph = new OnnxGraph('policy');
  let value = graph.input('observation', ['batch', policy.observationSize]);
  for (const [index, layer] of policy.hidden.entries()) {
    value = activate(graph, policy.activation, dense(graph, `hidden_${index}`, layer, value));
  }
  const mean = dense(graph, 'action', policy.output, value);
  const { stateNoise, actionSize } = policy;
  if (stateNoise === undefined) {
    graph.output('mean', mean, ['batch', actionSize]);
    return graph;
  }
  const variances = graph.floats(
    'noise',
    [policy.output.inputs, actionSize],
    stateNoise.map((std) => std * std),
  );
  const variance = graph.node('MatMul', [graph.node('Mul', [value, value]), variances]);
  const floor = graph.floats('noise.epsilon', [1], Float32Array.of(NOISE_EPSILON));
  const std = graph.node('Sqrt', [graph.node('Add', [variance, floor])]);
  graph.output('mean_and_std', graph.node('Concat', [mean, std], { axis: 1 }), ['batch', 2 * actionSize]);
  return graph;
}

/**
 * Mean and standard deviation of each action, from what the graph of the policy gives for one observation
 * (forecast-and-policy.md#29).
 */
export function policyOutput(
  policy: Pick<PolicyFile, 'logStd' | 'stateNoise' | 'actionSize'>,
  output: Float32Array,
) {
  if (policy.stateNoise === undefined) return { mean: output, std: policyStd(policy) };
  return { mean: output.slice(0, policy.actionSize), std: output.slice(policy.actionSize) };
}

/** The standard deviation of each action, exp(log_std), where it does not depend on the observation. */
export function policyStd(policy: Pick<PolicyFile, 'logStd'>): Float32Array {
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
