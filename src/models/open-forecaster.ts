import { type FileHandle, open, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { PaperdeskError } from '../errors.ts';
import { fileReader } from '../formats/byte-reader.ts';
import type { PatchTstArchitecture } from '../formats/model-files.ts';
import { readForecaster } from '../formats/torch/read-forecaster.ts';
import { readTensor } from '../formats/torch/read-tensor.ts';
import { elementCount } from '../formats/torch/torch-views.ts';
import { type Int8Matrix, int8PathOf, withInt8File } from './int8-file.ts';
import { LARGEST_MATRIX, patchTstGraph } from './patchtst-graph.ts';
import { createSession, type Session } from './session.ts';
import { placeWeights, type Weight, type Weights, weightBytes } from './weights.ts';
import type { ModelFiles } from './worker-protocol.ts';

/** Memory to widen mapped weights of half precision block by block. */
const WIDENING_BYTES = 48 << 20;
/** A smaller matrix (as float32) would save next to nothing with 8-bit weights (forecast-and-policy.md#13). */
const MIN_INT8_BYTES = 16 << 20;

/** A forecaster with its session. */
export interface OpenForecaster {
  readonly session: Session;
  readonly architecture: PatchTstArchitecture;
  readonly privateBytes: number;
  readonly mappedBytes: number;
}

export interface OpenForecasterOptions {
  readonly threads: number;
  /** Called with the bytes of private memory that the forecaster takes, before it takes them. */
  readonly makeRoom: (privateBytes: number) => Promise<void>;
}

/**
 * Creates the session of a forecaster file, with its float32 or with 8-bit weights.
 * @throws what the readers of the files throw; MODEL_LOAD_FAILED where the model is too small for 8-bit weights
 */
export async function openForecaster(
  files: Pick<ModelFiles, 'forecastPath' | 'version' | 'forecaster' | 'weights'>,
  options: OpenForecasterOptions,
): Promise<OpenForecaster> {
  // onnxruntime maps the file by its name, and refuses a link that leads out of the folder.
  const path = await realpath(files.forecastPath);
  const handle = await open(path, 'r');
  try {
    const reader = await fileReader(handle);
    const { shape, weights: state } = await readForecaster(reader);
    const architecture = { ...shape, ...files.forecaster };
    const weights = await placeWeights(reader, state, readTensor);
    const trained = { path, handle, architecture, weights };
    if (files.weights !== 'int8') return await createForecasterSession(trained, options);
    const weight = weights.get(LARGEST_MATRIX)!;
    requireLargeMatrix(weight);
    const source = { version: files.version, reader, weight };
    return await withInt8File(int8PathOf(path), source, (matrix, int8Handle) =>
      createForecasterSession(trained, options, { matrix, handle: int8Handle }),
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

async function createForecasterSession(
  { path, handle, architecture, weights }: TrainedFile,
  { threads, makeRoom }: OpenForecasterOptions,
  int8?: { readonly matrix: Int8Matrix; readonly handle: FileHandle },
): Promise<OpenForecaster> {
  const { privateWeightBytes, mappedBytes } = countBytes(weights, int8?.matrix);
  const privateBytes = privateWeightBytes + activationBytes(architecture);
  await makeRoom(privateBytes);
  const folder = dirname(path);
  const graph = patchTstGraph(architecture, weights, basename(path), undefined, int8?.matrix);
  const prepack = int8 !== undefined;
  const session = await createSession(graph.encode(), { folder, threads, prepack });
  if (
    (await isReplaced(handle, path)) ||
    (int8 !== undefined && (await isReplaced(int8.handle, join(folder, int8.matrix.location))))
  ) {
    await session.dispose();
    throw new PaperdeskError(
      'MODEL_LOAD_FAILED',
      'The forecast model was replaced while it was loaded; try again.',
    );
  }
  return { session, architecture, privateBytes, mappedBytes };
}

/** @throws MODEL_LOAD_FAILED */
function requireLargeMatrix({ shape }: Weight): void {
  const bytes = elementCount(shape) * Float32Array.BYTES_PER_ELEMENT;
  if (bytes >= MIN_INT8_BYTES) return;
  const inMb = (value: number) => (value / 1e6).toFixed(1);
  throw new PaperdeskError(
    'MODEL_LOAD_FAILED',
    `Its largest matrix has ${inMb(bytes)} MB; 8-bit weights are used from ${inMb(MIN_INT8_BYTES)} MB on.`,
  );
}

/** The offsets come from the open file, but the mapping was made by name: both have to be the same file. */
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
  int8: Int8Matrix | undefined,
): { privateWeightBytes: number; mappedBytes: number } {
  const all = [...weights].flatMap(([name, weight]) =>
    name === LARGEST_MATRIX && int8 !== undefined ? [] : [weight],
  );
  const sum = (some: readonly Weight[]) => some.reduce((bytes, weight) => bytes + weightBytes(weight), 0);
  const mapped = all.filter((weight) => 'offset' in weight);
  const isWidened = mapped.some((weight) => weight.type !== 'float32');
  return {
    privateWeightBytes:
      sum(all.filter((weight) => 'values' in weight)) + (isWidened ? WIDENING_BYTES : 0) + (int8?.size ?? 0),
    mappedBytes: sum(mapped),
  };
}

/** Memory to compute one window: a few token matrices and one feed-forward layer. */
export function activationBytes({ features, patches, dModel, feedForward }: PatchTstArchitecture): number {
  return features * patches * (6 * dModel + 2 * feedForward) * Float32Array.BYTES_PER_ELEMENT;
}
