import type { ErrorCode } from '../../../src/errors.ts';
import { bytes, op } from '../../helper/pickle-assembler.ts';
import { ONE_PATCH, patchTst, type TensorSpec, tensorParts, writeTorch } from '../../helper/torch-writer.ts';
import type { HostileFile } from './hostile-file.ts';

const BOUNDS: readonly ErrorCode[] = ['TENSOR_BOUNDS'];
const MALFORMED: readonly ErrorCode[] = ['PICKLE_MALFORMED'];
const LIMIT: readonly ErrorCode[] = ['PICKLE_LIMIT'];

type Case = readonly [name: string, bytes: Buffer, codes: readonly ErrorCode[]];

/** A checkpoint with a good state dict, and something beside it. */
const besideState = (key: string, value: Buffer) =>
  writeTorch(patchTst(ONE_PATCH), {
    wrap: (state) => op.dict(op.text('state_dict'), state, op.text(key), value),
  });

const attributeDict = bytes(
  op.global('pytorch_lightning.utilities.parsing', 'AttributeDict'),
  op.emptyTuple,
  op.newObject,
);
const SHARED: TensorSpec = { shape: [2], share: '0', elements: 4 };
const optimizerState = (spec: Partial<TensorSpec>) =>
  besideState('optimizer_states', op.list(tensorParts('0', { ...SHARED, ...spec })));

/** `('storage', FloatStorage, '0', 'cpu', 4)` with some of its parts replaced. */
function storageId(replaced: Readonly<Record<number, Buffer>> = {}): Buffer {
  const parts = [
    op.text('storage'),
    op.global('torch', 'FloatStorage'),
    op.text('0'),
    op.text('cpu'),
    op.int(4),
  ];
  return op.tuple(...parts.map((part, index) => replaced[index] ?? part));
}
const withId = (id: Buffer) => besideState('x', bytes(id, op.persistentId));

const CASES: readonly Case[] = [
  [
    'hyperparameters that contain themselves',
    besideState('hyper_parameters', bytes(attributeDict, op.put(9), op.text('self'), op.get(9), op.setItem)),
    LIMIT,
  ],
  ['loops of 120,000 dicts', besideState('loops', op.list(Buffer.alloc(120_000, op.emptyDict))), LIMIT],
  [
    'a callback that is called',
    besideState(
      'callbacks',
      bytes(
        op.global('pytorch_lightning.callbacks.early_stopping', 'EarlyStopping'),
        op.emptyTuple,
        op.reduce,
      ),
    ),
    ['PICKLE_FORBIDDEN_OPCODE'],
  ],
  [
    'a callback of an unknown class',
    besideState('callbacks', bytes(op.global('my.training', 'Callback'), op.emptyTuple, op.newObject)),
    ['PICKLE_FORBIDDEN_GLOBAL'],
  ],
  ['an optimizer of terabytes', optimizerState({ elements: 2 ** 31 - 1 }), BOUNDS],
  ['a tensor behind its storage', optimizerState({ offset: 3 }), BOUNDS],
  ['a tensor of strides beyond 2^53', optimizerState({ shape: [2 ** 31 - 1, 2 ** 31 - 1] }), BOUNDS],
  ['a tensor of negative size', optimizerState({ shape: [-2], strides: [1] }), MALFORMED],
  ['a tensor of negative stride', optimizerState({ strides: [-1], offset: 3 }), MALFORMED],
  ['a tensor with fewer strides than sizes', optimizerState({ shape: [2, 2], strides: [1] }), MALFORMED],
  ['a storage of two types', optimizerState({ elements: 2, storageType: 'DoubleStorage' }), MALFORMED],
  ['a persistent id that is no tuple', withId(op.int(3)), MALFORMED],
  ['a persistent id of one part', withId(op.tuple(op.text('storage'))), MALFORMED],
  ['a persistent id of another kind', withId(storageId({ 0: op.text('module') })), MALFORMED],
  ['a persistent id whose type is text', withId(storageId({ 1: op.text('FloatStorage') })), MALFORMED],
  ['a persistent id with half an element', withId(storageId({ 4: op.float(4.5) })), MALFORMED],
  ['a persistent id that leads out', withId(storageId({ 2: op.text('../data.pkl') })), BOUNDS],
  ['sixteen models below keys of 9 MB', longKeys(), ['TENSOR_MISSING']],
];

/** All lie below 13 dicts, each with the same long key. */
function longKeys(): Buffer {
  const tensor = tensorParts('0', { shape: [1, 1, 1, 4], share: '0' });
  const models = Array.from({ length: 16 }, (_, index) => op.dict(op.text(`m${index}.pos_embed`), tensor));
  const levels = 13;
  const open = Array.from({ length: levels }, () => bytes(op.emptyDict, op.get(0)));
  const wrap = () =>
    bytes(
      op.text('k'.repeat(9_000_000)),
      op.put(0),
      op.pop,
      open,
      op.list(...models),
      Array.from({ length: levels }, () => op.setItem),
    );
  return writeTorch({ x: { shape: [1, 1, 1, 4] } }, { wrap, member: { deflated: true } });
}

/** Checkpoints of a forecaster, wrong in what surrounds its weights. */
export function hostileCheckpoints(): HostileFile[] {
  return CASES.map(([name, content, codes]) => ({ name: `checkpoint: ${name}`, bytes: content, codes }));
}
