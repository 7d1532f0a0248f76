import { type ErrorCode, PaperdeskError } from '../../errors.ts';
import { type ByteReader, checkNotEmpty } from '../byte-reader.ts';
import { quoteName, shortName } from '../error-text.ts';
import { FOREIGN_HEAD_BYTES, foreignArchive, foreignKind } from '../foreign-files.ts';
import type { StateDict, TorchTensor, ZipEntry } from '../model-files.ts';
import { readPickle } from '../pickle/pickle.ts';
import type { RefusedGlobal } from '../pickle/pickle-machine.ts';
import { describe, type PickleDict, type PickleValue } from '../pickle/pickle-values.ts';
import { withoutSystemFiles } from '../zip/archive-members.ts';
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

/** Parts of a checkpoint whose dicts of tensors are not those of a model, also where they have the names of its weights. */
const BESIDE_THE_MODEL =
  /optimi[sz]er|(?:^|_)optims?(?:_|$)|^(?:callbacks|hyper_parameters|hparams|loops|exp_avg(?:_sq)?|momentum\w*|grads?|gradients)$/i;
const MAX_PICKLE_BYTES = 16 * 2 ** 20;
const REMEDY = 'save it with torch.save(model.state_dict(), path)';
/** LONG1 of torch's magic number 0x1950a86a20f9469cfc6c and STOP: the start of the format before torch 1.6. */
const LEGACY_MAGIC = Buffer.from('8a0a6cfc9c46f9206aa850192e', 'hex');

/** A dict in a file that has tensors by name. */
export interface StateDictInFile {
  /** The keys that lead to it from the root, shortened: many dicts may share long ones. */
  readonly path: readonly string[];
  /** The tensors by name, without the prefixes of wrappers (forecast-and-policy.md#2). */
  readonly tensors: StateDict;
  /** The names in the file by those in `tensors`. */
  readonly keys: ReadonlyMap<string, string>;
}

/** What a `torch.save`d file holds. */
export interface TorchFile {
  /** The root first, then the dicts inside it, but for those of an optimizer and the like. */
  readonly stateDicts: readonly StateDictInFile[];
  /** All tensors of the file, also where no state dict has them. */
  readonly tensorCount: number;
}

/**
 * Reads a `torch.save`d state dict or checkpoint: every dict of tensors in it; their numbers stay in the file.
 * @throws the codes of `role`, ZIP_*, PICKLE_*, TENSOR_BOUNDS
 */
export async function readTorchFile(reader: ByteReader, role: TorchRole = FORECAST_ROLE): Promise<TorchFile> {
  await checkIsTorchFile(reader, role);
  const entries = withoutSystemFiles(await readZip(reader));
  const folder = findFolder(entries, role);
  await checkByteOrder(reader, entries.get(`${folder}/byteorder`), role);
  const pickle = await readEntry(reader, entries.get(`${folder}/data.pkl`) as ZipEntry, MAX_PICKLE_BYTES);
  const root = readPickle(pickle, {
    ...torchKind(role.what, folder, entries),
    refuse: (refused) => refuseModule(refused, role),
  });
  const file = findStateDicts(root, role);
  if (file.stateDicts.length > 0 || root instanceof Map) return file;
  throw new PaperdeskError(
    role.notStateDict,
    `${role.what} contains ${describe(root)}, not a state dict; ${REMEDY}.`,
  );
}

/**
 * Reads the tensors of a file that is nothing but a state dict.
 * @throws as `readTorchFile`
 */
export async function readStateDict(reader: ByteReader, role: TorchRole = FORECAST_ROLE): Promise<StateDict> {
  const { stateDicts } = await readTorchFile(reader, role);
  return stateDicts.find(({ path }) => path.length === 0)?.tensors ?? new Map();
}

async function checkIsTorchFile(reader: ByteReader, role: TorchRole): Promise<void> {
  checkNotEmpty(reader, role.what);
  if (await startsLikeZip(reader)) return;
  const head = Buffer.from(await reader.read(0, Math.min(reader.size, FOREIGN_HEAD_BYTES)));
  if (head[0] === 0x80 && head.subarray(0, 32).includes(LEGACY_MAGIC)) {
    throw new PaperdeskError(
      role.legacyFormat,
      `${role.what} has torch's format from before version 1.6; load it and ${REMEDY} with a newer torch.`,
    );
  }
  const kind = foreignKind(head);
  const reason = kind === undefined ? 'it does not start like a zip container' : `it is ${kind}`;
  throw notTorch(role, reason);
}

/** The folder of data.pkl: torch names it after the file; there may be one around it after zipping again. */
function findFolder(entries: ReadonlyMap<string, ZipEntry>, role: TorchRole): string {
  const names = [...entries.keys()];
  const pickles = names.filter((name) => /^(?:[^/]+\/){1,2}data\.pkl$/.test(name));
  const folder = pickles[0]?.slice(0, -'/data.pkl'.length);
  if (folder === undefined || pickles.length > 1) {
    const foreign = pickles.length === 0 ? foreignArchive(names) : undefined;
    const counted = `${pickles.length} of its ${names.length} members are called <folder>/data.pkl instead of 1`;
    throw notTorch(role, foreign === undefined ? counted : `it ${foreign}`);
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

function notTorch(role: TorchRole, reason: string): PaperdeskError {
  return new PaperdeskError(
    role.notTorch,
    `${role.what} was not written by torch.save: ${reason}; ${REMEDY}.`,
  );
}

/** Walks through dicts, lists and tuples; the pickle reader has bounded their depth and number. */
function findStateDicts(root: PickleValue, role: TorchRole): TorchFile {
  const stateDicts: StateDictInFile[] = [];
  const visited = new Set<PickleValue>();
  let tensorCount = 0;

  function visit(value: PickleValue, path: readonly string[], isState: boolean): void {
    if (value instanceof PickledTensor) tensorCount += 1;
    const isDict = value instanceof Map;
    if (!(isDict || Array.isArray(value)) || visited.has(value)) return;
    visited.add(value);
    if (isDict && isState) {
      const found = collectTensors(value, path, role);
      if (found.tensors.size > 0) stateDicts.push(found);
    }
    for (const [key, inner] of (value as PickleDict | readonly PickleValue[]).entries()) {
      const name = typeof key === 'string' || typeof key === 'number' ? `${key}` : describe(key);
      visit(inner, [...path, shortName(name)], isState && !BESIDE_THE_MODEL.test(name));
    }
  }

  visit(root, [], true);
  return { stateDicts, tensorCount };
}

/** Skips values that are not tensors, such as a module's extra state. */
function collectTensors(state: PickleDict, path: readonly string[], role: TorchRole): StateDictInFile {
  const tensors = new Map<string, TorchTensor>();
  const keys = new Map<string, string>();
  for (const [key, value] of state) {
    if (!(value instanceof PickledTensor) || typeof key !== 'string') continue;
    const name = withoutPrefixes(key);
    if (tensors.has(name)) {
      throw new PaperdeskError(role.notStateDict, `${role.what} has the tensor ${quoteName(name)} twice.`);
    }
    tensors.set(name, value.value);
    keys.set(name, key);
  }
  return { path, tensors, keys };
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
