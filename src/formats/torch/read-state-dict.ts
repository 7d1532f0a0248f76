import { type ErrorCode, PaperdeskError } from '../../errors.ts';
import { type ByteReader, checkNotEmpty } from '../byte-reader.ts';
import { quoteName } from '../error-text.ts';
import type { StateDict, TorchTensor, ZipEntry } from '../model-files.ts';
import { readPickle } from '../pickle/pickle.ts';
import type { RefusedGlobal } from '../pickle/pickle-machine.ts';
import { describe, type PickleDict, type PickleValue } from '../pickle/pickle-values.ts';
import { readEntry, readZip, startsLikeZip } from '../zip/zip.ts';
import { PickledTensor, torchKind } from './torch-pickle.ts';

/** The role of a torch file in a package: how sentences about it begin, and the codes of its refusals. */
export interface TorchRole {
  readonly what: string;
  readonly notTorch: ErrorCode;
  readonly notStateDict: ErrorCode;
  readonly pickledModule: ErrorCode;
  readonly torchScript: ErrorCode;
  readonly legacyFormat: ErrorCode;
}

const FORECAST_ROLE: TorchRole = {
  what: 'The forecast model',
  notTorch: 'PT_NOT_TORCH',
  notStateDict: 'NOT_PATCHTST',
  pickledModule: 'PT_PICKLED_MODULE',
  torchScript: 'PT_TORCHSCRIPT',
  legacyFormat: 'PT_LEGACY_FORMAT',
};

const MAX_PICKLE_BYTES = 16 * 2 ** 20;
const STATE_KEYS = ['model_state_dict', 'state_dict', 'model'];
const REMEDY = 'save it with torch.save(model.state_dict(), path)';
/** LONG1 of torch's magic number 0x1950a86a20f9469cfc6c and STOP: the start of the format before torch 1.6. */
const LEGACY_MAGIC = Buffer.from('8a0a6cfc9c46f9206aa850192e', 'hex');

/**
 * Reads the tensors of a `torch.save`d state dict by name, without the prefixes of wrappers (forecast-and-policy.md#2);
 * their numbers stay in the file.
 * @throws the codes of `role`, ZIP_*, PICKLE_*, TENSOR_BOUNDS
 */
export async function readStateDict(reader: ByteReader, role: TorchRole = FORECAST_ROLE): Promise<StateDict> {
  await checkIsTorchFile(reader, role);
  const entries = await readZip(reader);
  const folder = findFolder(entries, role);
  await checkByteOrder(reader, entries.get(`${folder}/byteorder`), role);
  const pickle = await readEntry(reader, entries.get(`${folder}/data.pkl`) as ZipEntry, MAX_PICKLE_BYTES);
  const root = readPickle(pickle, {
    ...torchKind(role.what, folder, entries),
    refuse: (refused) => refuseModule(refused, role),
  });
  return collectTensors(unwrap(root, role), role);
}

async function checkIsTorchFile(reader: ByteReader, role: TorchRole): Promise<void> {
  checkNotEmpty(reader, role.what);
  if (await startsLikeZip(reader)) return;
  const head = Buffer.from(await reader.read(0, Math.min(reader.size, 32)));
  if (head[0] === 0x80 && head.includes(LEGACY_MAGIC)) {
    throw new PaperdeskError(
      role.legacyFormat,
      `${role.what} has torch's format from before version 1.6; load it and ${REMEDY} with a newer torch.`,
    );
  }
  throw new PaperdeskError(
    role.notTorch,
    `${role.what} was not written by torch.save: it does not start like a zip container; ${REMEDY}.`,
  );
}

/** The name of the top folder, which torch takes from the name of the file. */
function findFolder(entries: ReadonlyMap<string, ZipEntry>, role: TorchRole): string {
  const names = [...entries.keys()];
  const pickles = names.filter((name) => /^[^/]+\/data\.pkl$/.test(name));
  const folder = pickles[0]?.slice(0, -'/data.pkl'.length);
  if (folder === undefined || pickles.length > 1) {
    const reason = names.includes('policy.pth')
      ? 'it is a stable-baselines3 archive'
      : `${pickles.length} of its ${names.length} members are called <folder>/data.pkl instead of 1`;
    throw new PaperdeskError(
      role.notTorch,
      `${role.what} was not written by torch.save: ${reason}; ${REMEDY}.`,
    );
  }
  if (entries.has(`${folder}/constants.pkl`) || names.some((name) => name.startsWith(`${folder}/code/`))) {
    throw new PaperdeskError(
      role.torchScript,
      `${role.what} is TorchScript, which is a program; only weights are accepted: ${REMEDY}, not torch.jit.save.`,
    );
  }
  return folder;
}

async function checkByteOrder(
  reader: ByteReader,
  entry: ZipEntry | undefined,
  role: TorchRole,
): Promise<void> {
  if (entry === undefined) return;
  const order = Buffer.from(await readEntry(reader, entry, 64)).toString('latin1');
  if (order === 'little') return;
  throw new PaperdeskError(
    'TENSOR_DTYPE',
    `${role.what} declares its numbers as ${JSON.stringify(order)}-endian; only little-endian numbers are accepted.`,
  );
}

/** The dict of tensors: the root, or an entry of a checkpoint. */
function unwrap(root: PickleValue, role: TorchRole): PickleDict {
  if (!(root instanceof Map)) {
    throw new PaperdeskError(
      role.notStateDict,
      `${role.what} contains ${describe(root)}, not a state dict; ${REMEDY}.`,
    );
  }
  for (const key of STATE_KEYS) {
    const state = root.get(key);
    if (state instanceof Map) return state;
  }
  return root;
}

/** Skips values that are not tensors, such as a module's extra state. */
function collectTensors(state: PickleDict, role: TorchRole): StateDict {
  const tensors = new Map<string, TorchTensor>();
  for (const [key, value] of state) {
    if (!(value instanceof PickledTensor) || typeof key !== 'string') continue;
    const name = withoutPrefixes(key);
    if (tensors.has(name)) {
      throw new PaperdeskError(role.notStateDict, `${role.what} has the tensor ${quoteName(name)} twice.`);
    }
    tensors.set(name, value.value);
  }
  return tensors;
}

/** `module.` comes from DataParallel, `_orig_mod.` from torch.compile, which may also wrap a submodule. */
function withoutPrefixes(key: string): string {
  return key.replaceAll('_orig_mod.', '').replace(/^(?:module\.)+/, '');
}

/**
 * Recognizes a pickled nn.Module: the pickle creates an instance without arguments and sets a dict with `_parameters`
 * and `_modules`. Any other name that is not on the allow-list is just forbidden.
 */
function refuseModule(
  { module, name, bytes, next }: RefusedGlobal,
  role: TorchRole,
): PaperdeskError | undefined {
  const rest = Buffer.from(bytes.buffer, bytes.byteOffset + next, bytes.length - next);
  const start = rest.subarray(0, 32).toString('latin1');
  const memo = '(?:q[^]|r[^]{4}|\\x94)?';
  const createsInstance = new RegExp(`^${memo}\\)\\x81${memo}}${memo}\\(`).test(start);
  if (!createsInstance || !rest.includes('_parameters') || !rest.includes('_modules')) return undefined;
  return new PaperdeskError(
    role.pickledModule,
    `${role.what} is a whole pickled module of the class ${quoteName(`${module}.${name}`)}; ` +
      `loading it would run its code. Only weights are accepted: ${REMEDY}.`,
  );
}
