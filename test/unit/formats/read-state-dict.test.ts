import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../../src/errors.ts';
import { memoryReader } from '../../../src/formats/byte-reader.ts';
import { checkWeightsFinite } from '../../../src/formats/torch/check-weights.ts';
import { readTorchFile } from '../../../src/formats/torch/read-state-dict.ts';
import { readTensor } from '../../../src/formats/torch/read-tensor.ts';
import { bytes, op, pickle } from '../../helper/pickle-assembler.ts';
import { expectRefusal } from '../../helper/refusal.ts';
import {
  float32,
  type TensorSpec,
  type TorchOptions,
  tensorParts,
  writeTorch,
} from '../../helper/torch-writer.ts';
import { writeZip } from '../../helper/zip-writer.ts';

const fixture = (name: string) =>
  readFileSync(new URL(`../../fixtures/formats/torch/${name}`, import.meta.url));
async function read(file: Buffer) {
  const { stateDicts } = await readTorchFile(memoryReader(file));
  // A checkpoint also has tensors beside its state dict.
  const found = stateDicts.find(({ tensors }) => tensors.has('w')) ?? stateDicts[0];
  return found?.tensors ?? new Map<string, never>();
}

async function values(file: Buffer, name: string): Promise<number[]> {
  const tensor = (await read(file)).get(name)!;
  return [...(await readTensor(memoryReader(file), tensor))];
}

// make.py: element i of a tensor is 0.75 i, negative for odd i.
const number = (i: number) => (i % 2 === 0 ? 0.75 * i : -0.75 * i);
const w = Array.from({ length: 12 }, (_, i) => number(i));

describe('files of torch.save', () => {
  test.each(['float32', 'float16', 'bfloat16', 'float64'])(
    'with %s are widened to float32',
    async (dtype) => {
      const file = fixture(`${dtype}.pt`);
      expect((await read(file)).get('w')).toMatchObject({
        dtype,
        shape: [3, 4],
        strides: [4, 1],
        storageOffset: 0,
      });
      expect(await values(file, 'w')).toEqual(w);
    },
  );

  test.each([
    'protocol_4',
    'protocol_5',
    'parameter',
    'prefix_module',
    'prefix_compiled',
    'prefix_both',
    'prefix_both_2',
    'checkpoint',
    'model_key',
  ])('%s', async (name) => {
    expect(await values(fixture(`${name}.pt`), 'w')).toEqual(w);
  });

  test('views are read through their strides', async () => {
    const file = fixture('views.pt');
    const pick = (...indices: number[]) => indices.map(number);
    expect(await values(file, 'transposed')).toEqual(pick(0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11));
    expect(await values(file, 'column')).toEqual(pick(1, 5, 9));
    expect(await values(file, 'rows')).toEqual(pick(4, 5, 6, 7, 8, 9, 10, 11));
    expect(await values(file, 'block')).toEqual(pick(5, 6, 9, 10));
    expect(await values(file, 'tied')).toEqual(w);
    // [2, 3, 4] permuted to [4, 2, 3]
    const permuted = [0, 1, 2, 3].flatMap((k) =>
      [0, 1].flatMap((i) => [0, 1, 2].map((j) => 12 * i + 4 * j + k)),
    );
    expect(await values(file, 'permuted')).toEqual(pick(...permuted));
  });

  test('scalars and empty tensors are read', async () => {
    const file = fixture('scalar_and_empty.pt');
    expect(await values(file, 'scalar')).toEqual([2.5]);
    expect((await read(file)).get('empty')!.shape).toEqual([0, 3]);
    expect(await values(file, 'empty')).toEqual([]);
  });

  test('integer tensors are described, but cannot be weights', async () => {
    const file = fixture('integers.pt');
    const state = await read(file);
    expect([...state.values()].map(({ dtype }) => dtype)).toEqual([...state.keys()]);
    await expectRefusal(() => values(file, 'int64'), 'TENSOR_DTYPE', /int64/);
  });

  test('compressed members are inflated', async () => {
    const file = writeTorch(
      { w: { shape: [4], storage: float32([1, 2, 3, 4]) } },
      { member: { deflated: true } },
    );
    expect(await values(file, 'w')).toEqual([1, 2, 3, 4]);
  });

  test('the name of the top folder does not matter', async () => {
    expect(await values(writeTorch({ w: { shape: [2] } }, { folder: 'größer' }), 'w')).toEqual([0.5, 0.5]);
  });

  test('the byte order may be declared', async () => {
    const extra = [{ name: 'archive/byteorder', content: Buffer.from('little') }];
    expect(await values(writeTorch({ w: { shape: [2] } }, { extra }), 'w')).toEqual([0.5, 0.5]);
  });
});

describe('refused files', () => {
  const state = { w: { shape: [2, 3] } };
  const file = (spec: Partial<TensorSpec>, options: TorchOptions = {}) =>
    writeTorch({ w: { shape: [2, 3], ...spec } }, options);
  const member = (name: string, content = 'x') => ({ extra: [{ name, content: Buffer.from(content) }] });
  const root = (...parts: Buffer[]) => writeTorch(state, { pickle: pickle(parts) });
  const namesSystem = bytes(op.global('posix', 'system'), op.text('true'), op.tuple1, op.reduce);
  const moduleLike = bytes(
    op.emptyTuple,
    op.newObject,
    op.emptyDict,
    '(',
    op.text('_parameters'),
    op.none,
    op.text('_modules'),
    op.none,
    'u',
    op.build,
  );

  const cases: [string, Buffer, ErrorCode, RegExp?][] = [
    ['empty', Buffer.alloc(0), 'FILE_EMPTY', /0 bytes/],
    ['text', Buffer.from('hello, world'), 'PT_NOT_TORCH'],
    ['one byte', Buffer.from('P'), 'PT_NOT_TORCH'],
    ['a plain pickle', pickle(op.emptyDict), 'PT_NOT_TORCH'],
    [
      'a zip without data.pkl',
      writeZip([{ name: 'a/b', content: Buffer.from('x') }]),
      'PT_NOT_TORCH',
      /data\.pkl/,
    ],
    [
      'a zip with data.pkl at its top',
      writeZip([{ name: 'data.pkl', content: pickle(op.emptyDict) }]),
      'PT_NOT_TORCH',
    ],
    [
      'a policy archive',
      writeZip([{ name: 'policy.pth', content: Buffer.from('x') }]),
      'PT_NOT_TORCH',
      /stable-baselines3/,
    ],
    ['two data.pkl', writeTorch(state, member('other/data.pkl')), 'PT_NOT_TORCH', /2 of its/],
    ['code', writeTorch(state, member('archive/code/model.py')), 'PT_TORCHSCRIPT', /state_dict/],
    ['constants', writeTorch(state, member('archive/constants.pkl')), 'PT_TORCHSCRIPT'],
    ['big-endian', writeTorch(state, member('archive/byteorder', 'big')), 'TENSOR_DTYPE', /"big"-endian/],
    ['cut off', writeTorch(state).subarray(0, 300), 'ZIP_MALFORMED'],
    ['a list of tensors', fixture('list.pt'), 'NOT_PATCHTST', /list of 2/],
    ['a tensor', fixture('tensor.pt'), 'NOT_PATCHTST', /torch\.Tensor/],
    [
      'a module in a checkpoint',
      fixture('module_in_checkpoint.pt'),
      'PT_PICKLED_MODULE',
      /Linear.*torch\.save\(model\.state_dict\(\), path\)/,
    ],
    ['a module', root(op.global('mine', 'Model'), moduleLike), 'PT_PICKLED_MODULE', /"mine\.Model"/],
    [
      'a module by STACK_GLOBAL',
      root(op.stackGlobal('mine', 'Model'), op.memoize, moduleLike),
      'PT_PICKLED_MODULE',
    ],
    ['a command', root(namesSystem), 'PICKLE_FORBIDDEN_GLOBAL', /"posix system".*state_dict/],
    [
      'a command beside words of a module',
      root(op.text('_parameters'), op.pop, namesSystem, op.pop, op.text('_modules')),
      'PICKLE_FORBIDDEN_GLOBAL',
    ],
    ['a function of torch', root(op.global('torch', 'load')), 'PICKLE_FORBIDDEN_GLOBAL'],
    ['a function of torch.nn', root(op.global('torch.nn.functional', 'relu')), 'PICKLE_FORBIDDEN_GLOBAL'],
    [
      'a storage called',
      root(op.global('torch', 'FloatStorage'), op.int(2 ** 30), op.tuple1, op.reduce),
      'PICKLE_FORBIDDEN_OPCODE',
    ],
    [
      'a tensor that is not rebuilt of a storage',
      root(
        op.global('torch._utils', '_rebuild_tensor_v2'),
        op.tuple(op.int(1), op.int(0), op.emptyTuple, op.emptyTuple),
        op.reduce,
      ),
      'PICKLE_MALFORMED',
    ],
    [
      'another function as the rebuilder',
      root(
        op.global('torch._tensor', '_rebuild_from_type_v2'),
        op.tuple(op.global('_codecs', 'encode'), op.none, op.emptyTuple, op.none),
        op.reduce,
      ),
      'PICKLE_MALFORMED',
    ],
    ['a persistent id that is a string', root(op.text('a'), op.persistentId), 'PICKLE_MALFORMED'],
    ['a name that is no storage type', file({ storageType: 'Size' }), 'PICKLE_MALFORMED'],
    ['a quantized storage', file({ storageType: 'QInt8Storage' }), 'PICKLE_FORBIDDEN_GLOBAL'],
    ['a storage that does not exist', file({ share: '7' }), 'TENSOR_BOUNDS', /"7"/],
    ['a storage by a path', file({ share: '../version' }), 'TENSOR_BOUNDS'],
    [
      'a storage smaller than declared',
      file({ elements: 7, shape: [2, 3] }),
      'TENSOR_BOUNDS',
      /takes 28 bytes, but has 24/,
    ],
    [
      'a storage larger than declared',
      file({ elements: 5, shape: [5], storage: float32([1, 2, 3, 4, 5, 6]) }),
      'TENSOR_BOUNDS',
    ],
    ['a storage of another type than declared', file({ storageType: 'HalfStorage' }), 'TENSOR_BOUNDS'],
    [
      'a shape beyond the storage',
      file({ shape: [2, 4], elements: 6, storage: float32([1, 2, 3, 4, 5, 6]) }),
      'TENSOR_BOUNDS',
      /\[2, 4\]/,
    ],
    ['strides beyond the storage', file({ strides: [4, 1] }), 'TENSOR_BOUNDS'],
    ['an offset beyond the storage', file({ offset: 1 }), 'TENSOR_BOUNDS'],
    ['a negative offset', file({ offset: -1 }), 'PICKLE_MALFORMED'],
    ['a negative stride', file({ strides: [-1, 1] }), 'PICKLE_MALFORMED'],
    ['fewer strides than sizes', file({ strides: [1] }), 'PICKLE_MALFORMED'],
    [
      'a shape of 2^120',
      file({ shape: Array(4).fill(2 ** 30), elements: 6, strides: [1, 1, 1, 1], storage: Buffer.alloc(24) }),
      'TENSOR_BOUNDS',
    ],
    ['nine dimensions', file({ shape: Array(9).fill(1) }), 'PICKLE_MALFORMED'],
    [
      'a name twice',
      writeTorch({ 'module.w': { shape: [1] }, w: { shape: [1] } }),
      'NOT_PATCHTST',
      /"w" twice/,
    ],
    [
      'one storage as two types',
      writeTorch(state, {
        pickle: pickle(
          tensorParts('0', { shape: [2, 3] }),
          tensorParts('0', { shape: [2, 3], storageType: 'IntStorage' }),
          op.tuple2,
        ),
      }),
      'PICKLE_MALFORMED',
      /declared as \w+ and as \w+/,
    ],
  ];
  test.each(cases)('%s', async (_, bad, code, sentence) => {
    await expectRefusal(() => read(bad), code, sentence);
  });

  test('a small storage of a large expanded tensor takes no memory', async () => {
    const expanded = fixture('expanded.pt');
    await expectRefusal(() => values(expanded, 'w'), 'TENSOR_BOUNDS', /\[1000, 1000\]/);
  });
});

describe('checkWeightsFinite', () => {
  const check = async (file: Buffer) => checkWeightsFinite(memoryReader(file), await read(file));
  const many = (dtype: 'float32' | 'float64', length: number, at: number, value: number) => {
    const numbers = dtype === 'float32' ? new Float32Array(length) : new Float64Array(length);
    numbers[at] = value;
    return Buffer.from(numbers.buffer);
  };

  test('accepts finite weights of every type', async () => {
    for (const name of ['float32', 'float16', 'bfloat16', 'float64', 'views', 'scalar_and_empty'])
      await check(fixture(`${name}.pt`));
  });

  const shape = [3, 200_000];
  test.each([
    ['NaN', Number.NaN],
    ['infinity', Number.POSITIVE_INFINITY],
    ['-infinity', Number.NEGATIVE_INFINITY],
  ])('names tensor and index of %s', async (_, value) => {
    for (const [at, index] of [
      [0, '[0, 0]'],
      [400_001, '[2, 1]'],
      [599_999, '[2, 199999]'],
      [262_144, '[1, 62144]'],
    ] as const) {
      const file = writeTorch({
        first: { shape: [2] },
        'a.weight': { shape, storage: many('float32', 600_000, at, value) },
      });
      const pattern = new RegExp(`^a\\.weight${index.replace(/[[\]]/g, '\\$&')} is NaN`);
      await expectRefusal(() => check(file), 'WEIGHT_NOT_FINITE', pattern);
    }
  });

  test.each([
    ['HalfStorage', 0x7c00],
    ['HalfStorage', 0xfe01],
    ['BFloat16Storage', 0x7f80],
    ['BFloat16Storage', 0xffc0],
  ])('knows infinity and NaN of %s (0x%s)', async (storageType, bits) => {
    const storage = Buffer.from(Uint16Array.of(0x3c00, 0x7bff, bits).buffer);
    const file = writeTorch({ w: { shape: [3], storageType, storage } });
    await expectRefusal(() => check(file), 'WEIGHT_NOT_FINITE', /^w\[2\] /);
  });

  test('refuses a float64 that is too large for float32', async () => {
    const file = (value: number) =>
      writeTorch({ w: { shape: [9], storageType: 'DoubleStorage', storage: many('float64', 9, 7, value) } });
    await check(file(3.4028234663852886e38));
    await check(file(1e-320));
    await expectRefusal(async () => check(file(3.41e38)), 'WEIGHT_NOT_FINITE', /^w\[7\] /);
  });

  test('names the index in the view, not in the storage', async () => {
    const storage = many('float32', 12, 7, Number.NaN);
    const transposed = writeTorch({ w: { shape: [4, 3], strides: [1, 4], elements: 12, storage } });
    await expectRefusal(() => check(transposed), 'WEIGHT_NOT_FINITE', /^w\[3, 1\] /);
    const column = writeTorch({ w: { shape: [3], strides: [4], offset: 3, elements: 12, storage } });
    await expectRefusal(() => check(column), 'WEIGHT_NOT_FINITE', /^w\[1\] /);
  });

  test('ignores numbers that no tensor uses', async () => {
    const storage = many('float32', 12, 7, Number.NaN);
    await check(writeTorch({ w: { shape: [7], elements: 12, storage } }));
    await check(writeTorch({ w: { shape: [4], offset: 8, elements: 12, storage } }));
    await check(writeTorch({ w: { shape: [3], strides: [4], elements: 12, storage } }));
  });

  test('finds a damaged storage', async () => {
    const file = writeTorch({ w: { shape: [1000] } });
    file[file.indexOf(float32([0.5, 0.5, 0.5])) + 100]! ^= 1;
    await expectRefusal(() => check(file), 'ZIP_MALFORMED', /CRC-32.*damaged/);
  });

  test('leaves the event loop free between chunks', async () => {
    const file = writeTorch({ w: { shape: [2 ** 20] } });
    let ticks = 0;
    const timer = setInterval(() => {
      ticks += 1;
    }, 0);
    await check(file);
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(1);
  });
});
