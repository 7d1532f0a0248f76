import { type FileHandle, open, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { PaperdeskError } from '../errors.ts';
import { fileReader } from '../formats/byte-reader.ts';
import type { PatchTstArchitecture } from '../formats/model-files.ts';
import { encodeModel } from '../formats/onnx/encode.ts';
import { ELEMENT_TYPES } from '../formats/onnx/model.ts';
import { readForecaster } from '../formats/torch/forecaster-file.ts';
import { readTensor } from '../formats/torch/torch.ts';
import { elementCount } from '../formats/torch/torch-views.ts';
import { type CompactMatrix, compactPathOf, withCompactFile } from './compact-file.ts';
import { LARGEST_MATRIX, patchTstGraph } from './patchtst-graph.ts';
import { createSession, type Session } from './session.ts';
import { placeWeights, type Weight, type Weights, weightBytes } from './weights.ts';
import type { ModelFiles } from './worker-protocol.ts';

/** What widening mapped weights of half precision block by block takes. */
const WIDENING_BYTES = 48 << 20;
/** From this many bytes (as float32) on the largest matrix is worth a compact form. */
const COMPACT_FROM = 16 << 20;

/** A forecaster, ready to compute. */
export interface OpenForecaster {
  readonly session: Session;
  readonly architecture: PatchTstArchitecture;
  readonly privateBytes: number;
  readonly mappedBytes: number;
}

export interface ForecasterOptions {
  readonly threads: number;
  /** Told how many bytes of private memory the forecaster will take, before it takes them. */
  readonly makeRoom: (privateBytes: number) => Promise<void>;
}

/**
 * Builds the session of a trained forecaster, as trained or from its compact form.
 * @throws what the readers of the file and of its compact form throw; MODEL_LOAD_FAILED where it is too small for one
 */
export async function openForecaster(
  files: Pick<ModelFiles, 'forecastPath' | 'version' | 'heads' | 'weights'>,
  options: ForecasterOptions,
): Promise<OpenForecaster> {
  // onnxruntime maps the file by its name, and refuses a link that leads out of the folder.
  const path = await realpath(files.forecastPath);
  const handle = await open(path, 'r');
  try {
    const reader = await fileReader(handle);
    const { architecture, weights: state } = await readForecaster(reader, files.heads);
    const weights = await placeWeights(reader, state, readTensor);
    const trained = { path, handle, architecture, weights };
    if (files.weights !== 'int8') return await openSession(trained, options);
    const weight = weights.get(LARGEST_MATRIX)!;
    requireWorthwhile(weight);
    const source = { version: files.version, reader, weight };
    return await withCompactFile(compactPathOf(path), source, (matrix, compactHandle) =>
      openSession(trained, options, { matrix, handle: compactHandle }),
    );
  } finally {
    await handle.close();
  }
}

interface TrainedFile {
  readonly path: string;
  readonly handle: FileHandle;
  readonly architecture: PatchTstArchitecture;
  readonly weights: Weights;
}

async function openSession(
  { path, handle, architecture, weights }: TrainedFile,
  { threads, makeRoom }: ForecasterOptions,
  compact?: { readonly matrix: CompactMatrix; readonly handle: FileHandle },
): Promise<OpenForecaster> {
  const { privateWeightBytes, mappedBytes } = countBytes(weights, compact?.matrix);
  const privateBytes = privateWeightBytes + activationBytes(architecture);
  await makeRoom(privateBytes);
  const folder = dirname(path);
  const graph = patchTstGraph(architecture, weights, basename(path), undefined, compact?.matrix);
  const prepack = compact !== undefined;
  const session = await createSession(encodeModel(graph), { folder, threads, prepack });
  if (
    (await isReplaced(handle, path)) ||
    (compact !== undefined && (await isReplaced(compact.handle, join(folder, compact.matrix.location))))
  ) {
    await session.dispose();
    throw new PaperdeskError(
      'MODEL_LOAD_FAILED',
      'The forecast model was replaced while it was loaded; try again.',
    );
  }
  return { session, architecture, privateBytes, mappedBytes };
}

/** @throws MODEL_LOAD_FAILED when the compact form of a matrix would save next to nothing */
function requireWorthwhile({ shape }: Weight): void {
  const bytes = elementCount(shape) * ELEMENT_TYPES.float32.bytes;
  if (bytes >= COMPACT_FROM) return;
  const inMb = (value: number) => (value / 1e6).toFixed(1);
  throw new PaperdeskError(
    'MODEL_LOAD_FAILED',
    `Its largest matrix has ${inMb(bytes)} MB; 8-bit weights are used from ${inMb(COMPACT_FROM)} MB on.`,
  );
}

/** The offsets were read from the open file, but the mapping was made by name: both have to be the same file. */
async function isReplaced(handle: FileHandle, path: string): Promise<boolean> {
  const [opened, named] = await Promise.all([handle.stat(), stat(path)]);
  return (
    opened.ino !== named.ino ||
    opened.dev !== named.dev ||
    opened.size !== named.size ||
    opened.mtimeMs !== named.mtimeMs
  );
}

function countBytes(
  weights: Weights,
  compact: CompactMatrix | undefined,
): { privateWeightBytes: number; mappedBytes: number } {
  const all = [...weights].flatMap(([name, weight]) =>
    name === LARGEST_MATRIX && compact !== undefined ? [] : [weight],
  );
  const sum = (some: readonly Weight[]) => some.reduce((bytes, weight) => bytes + weightBytes(weight), 0);
  const mapped = all.filter((weight) => 'offset' in weight);
  const widened = mapped.some((weight) => weight.type !== 'float32');
  return {
    privateWeightBytes:
      sum(all.filter((weight) => 'values' in weight)) + (widened ? WIDENING_BYTES : 0) + (compact?.size ?? 0),
    mappedBytes: sum(mapped),
  };
}

/** What one window takes while it is computed: a few token matrices and one feed-forward layer. */
export function activationBytes({ features, patches, dModel, feedForward }: PatchTstArchitecture): number {
  return features * patches * (6 * dModel + 2 * feedForward) * ELEMENT_TYPES.float32.bytes;
}
