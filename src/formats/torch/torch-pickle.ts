import { PaperdeskError } from '../../errors.ts';
import type { TorchTensor, ZipEntry } from '../model-files.ts';
import { isCount } from '../numbers.ts';
import { NUMPY_GLOBALS } from '../numpy/numpy.ts';
import { forNames, instanceOf, PLAIN_GLOBALS, TRAINING_STATE_GLOBALS } from '../pickle/pickle-globals.ts';
import type { PickleKind } from '../pickle/pickle-machine.ts';
import {
  type AllowedGlobal,
  allowList,
  describe,
  isList,
  isTuple,
  type PickleContext,
  PickleData,
  PickleGlobal,
  type PickleValue,
} from '../pickle/pickle-values.ts';
import { CHECKPOINT_GLOBALS } from './checkpoint-globals.ts';
import { DTYPES, type TorchDtype } from './torch-dtypes.ts';
import { elementCount, viewSpan } from './torch-views.ts';

const MAX_DIMENSIONS = 8;

const STORAGES = new Map(
  (Object.keys(DTYPES) as TorchDtype[]).map((dtype): [string, TorchDtype] => [DTYPES[dtype].storage, dtype]),
);

/** A storage that a persistent id names; `elements` is its length. */
class Storage extends PickleData<{ dtype: TorchDtype; elements: number; entry: ZipEntry }> {
  readonly typeName = 'torch storage';
}

/** A tensor in the pickle. */
export class PickledTensor extends PickleData<TorchTensor> {
  readonly typeName = 'torch.Tensor';
}

/**
 * The allow-list of `data.pkl` in a torch container: tensors and the plain data of a training state.
 * @param folder top folder of the container, whose `data/<key>` are the storages
 */
export function torchKind(
  what: string,
  folder: string,
  entries: ReadonlyMap<string, ZipEntry>,
): Omit<PickleKind, 'refuse'> {
  const dtypes = new Map<string, TorchDtype>();
  return {
    what,
    globals: TORCH_GLOBALS,
    persistentLoad: (id, context) => {
      const storage = findStorage(id, folder, entries, context);
      const { dtype, entry } = storage.value;
      const before = dtypes.get(entry.name);
      if (before !== undefined && before !== dtype) {
        throw context.malformed(`a storage is declared as ${before} and as ${dtype}`);
      }
      dtypes.set(entry.name, dtype);
      return storage;
    },
    remedy: 'Save only the weights: torch.save(model.state_dict(), path).',
  };
}

/** A persistent id is ('storage', type, key, device, number of elements). */
function findStorage(
  id: PickleValue,
  folder: string,
  entries: ReadonlyMap<string, ZipEntry>,
  context: PickleContext,
): Storage {
  if (!isTuple(id) || id.length < 5) throw context.malformed(`a persistent id is ${describe(id)}`);
  const [word, type, key, , elements] = id;
  const dtype = type instanceof PickleGlobal && type.module === 'torch' ? STORAGES.get(type.name) : undefined;
  if (word !== 'storage' || dtype === undefined || typeof key !== 'string' || !isCount(elements)) {
    throw context.malformed('a persistent id does not name a torch storage');
  }
  const entry = key.length <= 64 ? entries.get(`${folder}/data/${key}`) : undefined;
  if (entry === undefined) {
    throw bounds(context, `names the storage ${JSON.stringify(key.slice(0, 64))}, which is not in the file`);
  }
  const needed = elements * DTYPES[dtype].bytes;
  if (entry.size !== needed) {
    throw bounds(
      context,
      `has a storage ${key} of ${elements} ${dtype} numbers, which takes ${needed} bytes, but has ${entry.size} bytes`,
    );
  }
  return new Storage({ dtype, elements, entry });
}

/** `_rebuild_tensor[_v2](storage, offset, shape, strides, ...)` */
function rebuildTensor(args: readonly PickleValue[], context: PickleContext): PickledTensor {
  const [storage, storageOffset, shape, strides] = args;
  if (!(storage instanceof Storage))
    throw context.malformed(`a tensor has ${describe(storage)} as its storage`);
  const valid =
    isCount(storageOffset) && isCounts(shape) && isCounts(strides) && shape.length === strides.length;
  if (!valid) throw context.malformed('the offset, shape or strides of a tensor are not counts');
  const { dtype, elements, entry } = storage.value;
  const view = { dtype, shape, strides, storageOffset, storage: entry };
  const end = elementCount(shape) === 0 ? 0 : storageOffset + viewSpan(view);
  if (!(end <= elements)) {
    throw bounds(
      context,
      `has a tensor of shape [${shape.join(', ')}] and strides [${strides.join(', ')}] from element ` +
        `${storageOffset} of a storage that has ${elements} elements`,
    );
  }
  return new PickledTensor(view);
}

/** `_rebuild_parameter[_with_state](tensor, requires_grad, hooks[, state])` */
function rebuildParameter(args: readonly PickleValue[], context: PickleContext): PickledTensor {
  const [tensor] = args;
  if (!(tensor instanceof PickledTensor))
    throw context.malformed(`a parameter has ${describe(tensor)} as its tensor`);
  return tensor;
}

/** `_rebuild_from_type_v2(rebuild, type, args, state)`: a tensor with attributes, which are ignored. */
function rebuildFromType(args: readonly PickleValue[], context: PickleContext): PickleValue {
  const [rebuild, , inner] = args;
  if (!(rebuild instanceof PickleGlobal) || rebuild.module !== 'torch._utils' || !isTuple(inner)) {
    throw context.malformed(`a tensor is rebuilt by ${describe(rebuild)}`);
  }
  return (rebuild.allowed.call as NonNullable<AllowedGlobal['call']>)(inner, context);
}

function isCounts(value: PickleValue | undefined): value is readonly number[] {
  return isTuple(value) && value.length <= MAX_DIMENSIONS && value.every(isCount);
}

function bounds(context: PickleContext, reason: string): PaperdeskError {
  return new PaperdeskError(
    'TENSOR_BOUNDS',
    `${context.what} ${reason}; the file is damaged or was not written by torch.`,
  );
}

const TORCH_GLOBALS = allowList(PLAIN_GLOBALS, TRAINING_STATE_GLOBALS, NUMPY_GLOBALS, CHECKPOINT_GLOBALS, {
  ...forNames('torch ', [...STORAGES.keys(), ...STORAGES.values()], {}),
  ...forNames('torch ', ['complex64', 'complex128', 'Tensor'], {}),
  'torch Size': {
    call: (args, context) => {
      const [sizes] = args;
      if (!isTuple(sizes) && !isList(sizes))
        throw context.malformed(`a torch.Size has ${describe(sizes)} as its sizes`);
      return sizes;
    },
  },
  'torch device': instanceOf('torch.device'),
  'torch.nn.parameter Parameter': {},
  ...forNames('torch._utils ', ['_rebuild_tensor', '_rebuild_tensor_v2'], { call: rebuildTensor }),
  ...forNames('torch._utils ', ['_rebuild_parameter', '_rebuild_parameter_with_state'], {
    call: rebuildParameter,
  }),
  'torch._tensor _rebuild_from_type_v2': { call: rebuildFromType },
});
