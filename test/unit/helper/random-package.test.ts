import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { memoryReader, withFileReader } from '../../../src/formats/byte-reader.ts';
import { readPolicy } from '../../../src/formats/sb3/read-policy.ts';
import { checkWeightsFinite } from '../../../src/formats/torch/check-weights.ts';
import { readForecaster } from '../../../src/formats/torch/read-forecaster.ts';
import { readStateDict } from '../../../src/formats/torch/read-state-dict.ts';
import { readTensor } from '../../../src/formats/torch/read-tensor.ts';
import { forecasterTensors, writeRandomForecaster, writeRandomPolicy } from '../../helper/random-package.ts';
import { generatedTensor, writeTorch } from '../../helper/torch-writer.ts';

const folder = mkdtempSync(join(tmpdir(), 'paperdesk-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SHAPE = { dModel: 8, layers: 2, patchLength: 32, stride: 16, hidden: 6, feedForward: 20 };

describe('a random forecaster', () => {
  test.each(['float32', 'float16', 'bfloat16', 'float64'] as const)('of %s is read back', async (dtype) => {
    const path = join(folder, `${dtype}.pt`);
    writeRandomForecaster(path, SHAPE, { dtype, prefix: '_orig_mod.', wrapper: 'state_dict' });
    const reader = memoryReader(readFileSync(path));
    const { shape, weights } = await readForecaster(reader);
    const { stride: _, ...sizes } = SHAPE;
    expect(shape).toMatchObject({ ...sizes, patches: 31, features: 28, horizon: 192 });
    await checkWeightsFinite(reader, weights);
    const head = weights.get('head.1.weight')!;
    expect(head).toMatchObject({ dtype, storage: { method: 'stored' } });
    expect(head.storage.dataOffset % 64).toBe(0);
    expect(deviation(await readTensor(reader, head))).toBeCloseTo((28 * 31 * 8) ** -0.5, 3);
  });

  test('may lack a tensor', async () => {
    const { pos_embed: _, ...tensors } = forecasterTensors(SHAPE);
    const reading = readForecaster(memoryReader(writeTorch(tensors)));
    await expect(reading).rejects.toMatchObject({ code: 'TENSOR_MISSING' });
  });

  test('depends on the seed only', () => {
    const bytes = [1, 1, 2].map((seed) => {
      writeRandomForecaster(join(folder, 'seeded.pt'), SHAPE, { seed });
      return readFileSync(join(folder, 'seeded.pt'));
    });
    expect(bytes[0]!.equals(bytes[1]!)).toBe(true);
    expect(bytes[0]!.equals(bytes[2]!)).toBe(false);
  });
});

test('a random policy is read back', async () => {
  const path = join(folder, 'policy.zip');
  writeRandomPolicy(path, { hidden: [48, 32], activation: 'ReLU' });
  const policy = await withFileReader(path, readPolicy);
  expect(policy).toMatchObject({ activation: 'relu', observationSize: 72, actionSize: 5 });
  expect(policy.hidden.map((layer) => [layer.inputs, layer.outputs])).toEqual([
    [72, 48],
    [48, 32],
  ]);
});

test('every number type holds the numbers that it can represent', async () => {
  const values = [1, -2.5, 0.333251953125, 65504, 2 ** -14, 0];
  for (const dtype of ['float16', 'bfloat16', 'float64', 'float32'] as const) {
    const numbers = [...values];
    const exact = dtype === 'bfloat16' ? [1, -2.5, 0.33203125, 65280, 2 ** -14, 0] : values;
    const tensor = generatedTensor([6], () => numbers.shift()!, dtype);
    const reader = memoryReader(writeTorch({ x: tensor }));
    const state = await readStateDict(reader);
    expect([...(await readTensor(reader, state.get('x')!))]).toEqual(exact);
  }
});

function deviation(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}
