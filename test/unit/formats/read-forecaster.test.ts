// promise: forecast-and-policy.md, table "Forecaster file"
// promise: docs/writing-a-package.md, table "forecast_model"

import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../../src/errors.ts';
import { memoryReader } from '../../../src/formats/byte-reader.ts';
import { readForecaster } from '../../../src/formats/torch/read-forecaster.ts';
import { bytes, op } from '../../helper/pickle-assembler.ts';
import { expectRefusal } from '../../helper/refusal.ts';
import { patchTst, type TensorSpec, writeTorch } from '../../helper/torch-writer.ts';

const read = (file: Buffer) => readForecaster(memoryReader(file));
const tensors = patchTst();
const changed = (name: string, spec: Partial<TensorSpec>) => ({
  ...tensors,
  [name]: { ...tensors[name]!, ...spec },
});
const without = (...names: string[]) =>
  Object.fromEntries(Object.entries(tensors).filter(([name]) => !names.includes(name)));

describe('the shape of a forecaster is that of its tensors', () => {
  test('of a very small model', async () => {
    const file = await read(writeTorch(tensors));
    expect(file.shape).toEqual({
      features: 28,
      horizon: 192,
      patchLength: 256,
      patches: 2,
      dModel: 4,
      layers: 1,
      feedForward: 3,
      hidden: 2,
      parameters: 3341,
    });
    expect([...file.weights.keys()].sort()).toEqual(Object.keys(tensors).sort());
  });

  test.each([
    { patchLength: 16, patches: 63 },
    { patchLength: 512, patches: 1 },
    { layers: 5, feedForward: 7, hidden: 3, dModel: 8 },
    { features: 30 },
  ])('%o', async (sizes) => {
    expect((await read(writeTorch(patchTst(sizes)))).shape).toMatchObject(sizes);
  });

  test.each([
    [48, 16],
    [960, 320],
    [6, 2],
  ])('%i outputs are three quantiles of %i steps', async (outputs, horizon) => {
    expect((await read(writeTorch(patchTst({ outputs })))).shape.horizon).toBe(horizon);
  });

  test.each(['module.', '_orig_mod.', '_orig_mod.module.', 'module.module.'])(
    'behind the prefix %s',
    async (prefix) => {
      const prefixed = Object.fromEntries(
        Object.entries(tensors).map(([name, spec]) => [prefix + name, spec]),
      );
      const file = await read(writeTorch(prefixed));
      expect([...file.weights.keys()]).toContain('encoder.layers.0.norm1.weight');
    },
  );

  test.each(['model_state_dict', 'state_dict', 'model'])('inside a checkpoint under %s', async (key) => {
    const wrap = (state: Buffer) =>
      bytes(op.emptyDict, '(', op.text('epoch'), op.int(3), op.text(key), state, 'u');
    expect((await read(writeTorch(tensors, { wrap }))).shape.dModel).toBe(4);
  });

  test.each(['HalfStorage', 'BFloat16Storage', 'DoubleStorage'])('in %s', async (storageType) => {
    const size = storageType === 'DoubleStorage' ? 8 : 2;
    const halves = Object.fromEntries(
      Object.entries(tensors).map(([name, spec]) => [
        name,
        { ...spec, storageType, storage: Buffer.alloc(size * spec.shape.reduce((a, b) => a * b, 1)) },
      ]),
    );
    expect((await read(writeTorch(halves))).shape.parameters).toBe(3341);
  });

  test('unused buffers are ignored', async () => {
    const counted = {
      ...tensors,
      n_averaged: { shape: [], storageType: 'LongStorage', storage: Buffer.alloc(8) },
      quantiles: { shape: [3] },
    };
    expect((await read(writeTorch(counted))).weights.has('n_averaged')).toBe(false);
  });
});

describe('refused models, with the numbers', () => {
  const cases: [string, Record<string, TensorSpec>, ErrorCode, RegExp, number?][] = [
    ['no tensors', {}, 'NOT_PATCHTST', /no tensors/],
    ['other tensors', { 'conv.weight': { shape: [2] } }, 'NOT_PATCHTST', /"conv\.weight"/],
    [
      'a norm behind the encoder',
      { ...tensors, 'encoder.norm.weight': { shape: [4] }, 'encoder.norm.bias': { shape: [4] } },
      'NOT_PATCHTST',
      /encoder\.norm/,
    ],
    [
      'more than a PatchTST has',
      { ...tensors, 'revin.affine_weight': { shape: [28] } },
      'NOT_PATCHTST',
      /"revin\.affine_weight"/,
    ],
    ['no position embedding', without('pos_embed'), 'TENSOR_MISSING', /pos_embed;/],
    [
      'no bias in attention',
      without('encoder.layers.0.self_attn.in_proj_bias'),
      'TENSOR_MISSING',
      /in_proj_bias;/,
    ],
    ['no head', without('head.4.weight', 'head.4.bias'), 'TENSOR_MISSING', /head\.4\.weight and 1 others/],
    [
      'no encoder',
      Object.fromEntries(Object.entries(tensors).filter(([name]) => !name.startsWith('encoder'))),
      'TENSOR_MISSING',
      /and 11 others/,
    ],
    [
      'a layer missing in between',
      { ...tensors, 'encoder.layers.2.norm1.weight': { shape: [4] } },
      'TENSOR_MISSING',
      /encoder\.layers\.1\./,
    ],
    [
      'half a feature',
      changed('head.1.weight', { shape: [2, 28 * 8 + 3] }),
      'TENSOR_SHAPE',
      /\[2, 227\].*2 patches \* 4/,
    ],
    [
      'outputs that are no multiple of 3',
      patchTst({ outputs: 200 }),
      'HORIZON',
      /200 outputs; 3 quantiles of at least 2 steps.*a multiple of 3/,
    ],
    [
      'integers as weights',
      changed('head.1.bias', { storageType: 'IntStorage' }),
      'TENSOR_DTYPE',
      /head\.1\.bias.*int32/,
    ],
    [
      'an expanded weight',
      changed('head.1.weight', { strides: [0, 0], elements: 1, storage: Buffer.alloc(4) }),
      'TENSOR_BOUNDS',
      /head\.1\.weight.*contiguous/,
    ],
    [
      'a patch embedding with three dimensions',
      changed('patch_embed.project.weight', { shape: [4, 1, 256] }),
      'TENSOR_SHAPE',
      /\[4, 1, 256\]/,
    ],
    [
      'a position embedding of another width',
      changed('pos_embed', { shape: [1, 1, 2, 5] }),
      'TENSOR_SHAPE',
      /pos_embed.*\[1, 1, 2, 4\]/,
    ],
    [
      'a position embedding per channel',
      changed('pos_embed', { shape: [1, 28, 2, 4] }),
      'TENSOR_SHAPE',
      /\[1, 28, 2, 4\]/,
    ],
    [
      'an attention of another width',
      changed('encoder.layers.0.self_attn.in_proj_weight', { shape: [12, 5] }),
      'TENSOR_SHAPE',
      /\[12, 5\].*\[12, 4\]/,
    ],
    [
      'feed-forward tensors that do not fit',
      changed('encoder.layers.0.linear2.weight', { shape: [4, 9] }),
      'TENSOR_SHAPE',
      /linear2\.weight/,
    ],
    [
      'head tensors that do not fit',
      changed('head.4.weight', { shape: [576, 7] }),
      'TENSOR_SHAPE',
      /head\.4\.weight/,
    ],
    [
      'a width of 0',
      changed('patch_embed.project.weight', { shape: [0, 256] }),
      'TENSOR_SHAPE',
      /\[0, 256\]/,
    ],
    [
      '100 layers',
      { ...tensors, 'encoder.layers.99.norm1.weight': { shape: [4] } },
      'MODEL_TOO_LARGE',
      /100 encoder layers/,
    ],
  ];
  test.each(cases)('%s', async (_, state, code, sentence) => {
    await expectRefusal(() => read(writeTorch(state)), code, sentence);
  });
});
