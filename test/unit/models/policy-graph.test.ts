import { describe, expect, test } from 'vitest';
import type { Activation, DenseLayer, PolicyFile } from '../../../src/formats/model-files.ts';
import { stateNoiseStd } from '../../../src/formats/sb3/state-noise.ts';
import { policyGraph, policyOutput, policyStd } from '../../../src/models/policy-graph.ts';
import { createSession } from '../../../src/models/session.ts';
import { seededRandom, spread } from '../../helper/random.ts';

/** torch 1.13 in float64, for -3, -1, -0.25, 0, 0.5, 2. */
const INPUTS = [-3, -1, -0.25, 0, 0.5, 2];
const OUTPUTS: [Activation, number[]][] = [
  ['tanh', [-0.995054754, -0.761594156, -0.244918662, 0.0, 0.462117157, 0.96402758]],
  ['relu', [0.0, 0.0, 0.0, 0.0, 0.5, 2.0]],
  ['elu', [-0.950212932, -0.632120559, -0.221199217, 0.0, 0.5, 2.0]],
  ['gelu', [-0.004049694, -0.158655254, -0.100323419, 0.0, 0.345731231, 1.954499736]],
  ['silu', [-0.14227762, -0.268941421, -0.109455875, 0.0, 0.311229666, 1.761594156]],
  ['leaky_relu', [-0.03, -0.01, -0.0025, 0.0, 0.5, 2.0]],
  ['identity', [-3.0, -1.0, -0.25, 0.0, 0.5, 2.0]],
];

describe('the activations of torch', () => {
  test.each(OUTPUTS)('%s', async (activation, expected) => {
    const size = INPUTS.length;
    const policy: PolicyFile = {
      activation,
      hidden: [identity(size)],
      output: identity(size),
      logStd: new Float32Array(size),
      observationSize: size,
      actionSize: size,
    };
    expectClose(await mean(policy, Float32Array.from(INPUTS)), expected, 1e-6);
  });
});

describe.each([[[]], [[64, 64]], [[256, 256]], [[7, 33, 5, 12]]])('hidden layers %j', (widths) => {
  test('are computed in order, without an activation after the output', async () => {
    const random = seededRandom(widths.length + 1);
    const layer = (inputs: number, outputs: number): DenseLayer => ({
      inputs,
      outputs,
      weight: Float32Array.from({ length: inputs * outputs }, spread(random, inputs ** -0.5)),
      bias: Float32Array.from({ length: outputs }, spread(random, 0.5)),
    });
    const policy: PolicyFile = {
      activation: 'tanh',
      hidden: widths.map((width, index) => layer(widths[index - 1] ?? 72, width)),
      output: layer(widths.at(-1) ?? 72, 5),
      logStd: Float32Array.of(0, -1, 0.5, 2, -20),
      observationSize: 72,
      actionSize: 5,
    };
    const observation = Float32Array.from({ length: 72 }, spread(random, 2));
    const activated = policy.hidden.reduce(
      (values, hidden) => dense(hidden, values).map(Math.tanh),
      [...observation],
    );
    expectClose(await mean(policy, observation), dense(policy.output, activated), 1e-5);
  });
});

test('the standard deviation is the exponential of log_std', () => {
  const policy = { logStd: Float32Array.of(0, -1, 0.5) } as PolicyFile;
  expectClose(policyStd(policy), [1, Math.exp(-1), Math.exp(0.5)], 1e-7);
});

describe('state-dependent noise', () => {
  const logStd = Float32Array.of(-1, 0.5, 0, 2, -3, 0.25);

  test.each([
    [true, false],
    [true, true],
    [false, false],
    [false, true],
  ])('has the deviations of stable-baselines3 (full %s, expln %s)', async (isFull, usesExpln) => {
    const actions = 2;
    const latent = isFull ? 3 : 6;
    const random = seededRandom(5);
    const weight = Float32Array.from({ length: actions * latent }, spread(random, 1));
    const output: DenseLayer = { inputs: latent, outputs: actions, weight, bias: Float32Array.of(0.5, -0.5) };
    const policy: PolicyFile = {
      activation: 'tanh',
      hidden: [],
      output,
      logStd: new Float32Array(),
      stateNoise: stateNoiseStd(logStd, actions, { isFull, usesExpln }),
      observationSize: latent,
      actionSize: actions,
    };
    const observation = Float32Array.from({ length: latent }, spread(random, 2));
    const stdOf = (value: number) =>
      usesExpln && value > 0 ? Math.log1p(value + 1e-6) + 1 : Math.exp(value);
    const variance = (action: number) =>
      observation.reduce(
        (sum, value, row) => sum + (value * stdOf(logStd[isFull ? row * actions + action : row]!)) ** 2,
        1e-6,
      );
    const { mean: means, std } = policyOutput(policy, await mean(policy, observation));
    expectClose(means, dense(output, [...observation]), 1e-5);
    expectClose(std, [Math.sqrt(variance(0)), Math.sqrt(variance(1))], 1e-5);
  });
});

async function mean(policy: PolicyFile, observation: Float32Array): Promise<Float32Array> {
  const session = await createSession(policyGraph(policy).encode(), { threads: 1 });
  const result = await session.run(observation, [1, policy.observationSize]);
  await session.dispose();
  return result;
}

function dense({ inputs, weight, bias }: DenseLayer, values: readonly number[]): number[] {
  return Array.from(bias, (offset, row) =>
    values.reduce((sum, value, column) => sum + value * weight[row * inputs + column]!, offset),
  );
}

function identity(size: number): DenseLayer {
  const weight = new Float32Array(size * size);
  for (let i = 0; i < size; i++) weight[i * size + i] = 1;
  return { inputs: size, outputs: size, weight, bias: new Float32Array(size) };
}

function expectClose(actual: ArrayLike<number>, expected: readonly number[], tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  const differences = expected.map((value, i) => Math.abs(value - actual[i]!));
  expect(Math.max(...differences)).toBeLessThan(tolerance);
}
