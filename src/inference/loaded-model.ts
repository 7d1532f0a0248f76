import { type FileHandle, open, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { PaperdeskError } from '../errors.ts';
import { fileReader, withFileReader } from '../formats/byte-reader.ts';
import type { PatchTstArchitecture, PolicyFile } from '../formats/model-files.ts';
import { encodeModel } from '../formats/onnx/encode.ts';
import { ELEMENT_TYPES } from '../formats/onnx/model.ts';
import { readPolicy } from '../formats/sb3/sb3.ts';
import { readForecaster } from '../formats/torch/forecaster-file.ts';
import { readTensor } from '../formats/torch/torch.ts';
import { elementCount } from '../formats/torch/torch-views.ts';
import { type CompactMatrix, compactPathOf, withCompactFile } from './compact-file.ts';
import { LARGEST_MATRIX, patchTstGraph } from './patchtst-graph.ts';
import { policyGraph, policyStd } from './policy-graph.ts';
import { createSession, type Session } from './session.ts';
import { placeWeights, type Weight, type Weights, weightBytes } from './weights.ts';
import type { ModelFiles, ModelSummary, PolicyOutput } from './worker-protocol.ts';

/** A pair of trained files, ready to compute. */
export interface LoadedModel {
  readonly summary: ModelSummary;
  /** [batch, lookback, features] scaled features, oldest first -> [batch, horizon, quantiles]. */
  forecast(windows: Float32Array, batch: number): Promise<Float32Array>;
  act(observation: Float32Array): Promise<PolicyOutput>;
  dispose(): Promise<void>;
}

export interface OpenOptions {
  readonly threads: number;
  /** Told how many bytes of private memory the model will take, before it takes them. */
  readonly makeRoom: (privateBytes: number) => Promise<void>;
  /** A steady clock in ms. */
  readonly stopwatch: () => number;
}

/** Windows are computed together as far as this much memory goes. */
const BATCH_BYTES = 128 << 20;
/** What widening mapped weights of half precision block by block takes. */
const WIDENING_BYTES = 48 << 20;
/** Two sessions with their threads, and what a policy takes. */
const SESSION_BYTES = 4 << 20;
/** From this many bytes (as float32) on the largest matrix is worth a compact form. */
const COMPACT_FROM = 16 << 20;

/**
 * Reads both files and builds their sessions.
 * @throws what the readers of the files throw; MODEL_LOAD_FAILED for everything else
 */
export async function openModel(files: ModelFiles, options: OpenOptions): Promise<LoadedModel> {
  try {
    return await openBoth(files, options);
  } catch (error) {
    if (error instanceof PaperdeskError) throw error;
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const reason = code === 'ENOENT' ? 'one of its files is missing' : 'the log of the service says why';
    throw new PaperdeskError('MODEL_LOAD_FAILED', `${files.id} could not be loaded: ${reason}.`, {
      cause: error,
    });
  }
}

async function openBoth(files: ModelFiles, options: OpenOptions): Promise<LoadedModel> {
  const start = options.stopwatch();
  const policy = await withFileReader(files.policyPath, readPolicy);
  const std = policyStd(policy);
  const actor = await createSession(encodeModel(policyGraph(policy)), { threads: 1 });
  const forecaster = await openForecaster(files, policy, options).catch(async (error: unknown) => {
    await actor.dispose();
    throw error;
  });
  const { architecture, privateBytes, mappedBytes } = forecaster;
  const summary: ModelSummary = {
    id: files.id,
    version: files.version,
    architecture,
    policy: {
      observationSize: policy.observationSize,
      actionSize: policy.actionSize,
      hidden: policy.hidden.map((layer) => layer.outputs),
      activation: policy.activation,
    },
    privateBytes,
    mappedBytes,
    loadMs: options.stopwatch() - start,
  };
  const mostAtOnce = Math.max(1, Math.floor(BATCH_BYTES / activationBytes(architecture)));
  let largestBatch = 1;
  return {
    get summary() {
      return { ...summary, privateBytes: privateBytes + (largestBatch - 1) * activationBytes(architecture) };
    },
    async forecast(windows, batch) {
      const { lookback, features, horizon, quantiles } = architecture;
      const forecasts = new Float32Array(batch * horizon * quantiles);
      const windowSize = windows.length / batch;
      for (let from = 0; from < batch; from += mostAtOnce) {
        const count = Math.min(mostAtOnce, batch - from);
        // onnxruntime keeps the memory of the largest batch for the next one.
        largestBatch = Math.max(largestBatch, count);
        const some = windows.subarray(from * windowSize, (from + count) * windowSize);
        const part = await forecaster.session.run(some, [count, lookback, features]);
        forecasts.set(part, from * horizon * quantiles);
      }
      return forecasts;
    },
    async act(observation) {
      return { mean: await actor.run(observation, [1, policy.observationSize]), std };
    },
    async dispose() {
      await forecaster.session.dispose();
      await actor.dispose();
    },
  };
}

interface OpenForecaster {
  readonly session: Session;
  readonly architecture: PatchTstArchitecture;
  readonly privateBytes: number;
  readonly mappedBytes: number;
}

async function openForecaster(
  files: ModelFiles,
  policy: PolicyFile,
  options: OpenOptions,
): Promise<OpenForecaster> {
  // onnxruntime maps the file by its name, and refuses a link that leads out of the folder.
  const path = await realpath(files.forecastPath);
  const handle = await open(path, 'r');
  try {
    const reader = await fileReader(handle);
    const { architecture, weights: state } = await readForecaster(
      reader,
      files.heads === undefined ? {} : { heads: files.heads },
    );
    const weights = await placeWeights(reader, state, readTensor);
    const trained = { path, handle, architecture, weights, policy };
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
  readonly policy: PolicyFile;
}

async function openSession(
  { path, handle, architecture, weights, policy }: TrainedFile,
  { threads, makeRoom }: OpenOptions,
  compact?: { readonly matrix: CompactMatrix; readonly handle: FileHandle },
): Promise<OpenForecaster> {
  const { privateWeightBytes, mappedBytes } = countBytes(weights, compact?.matrix);
  const privateBytes =
    SESSION_BYTES + privateWeightBytes + activationBytes(architecture) + policyBytes(policy);
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
function activationBytes({ features, patches, dModel, feedForward }: PatchTstArchitecture): number {
  return features * patches * (6 * dModel + 2 * feedForward) * ELEMENT_TYPES.float32.bytes;
}

function policyBytes({ hidden, output }: PolicyFile): number {
  return [...hidden, output].reduce((sum, layer) => sum + layer.weight.byteLength + layer.bias.byteLength, 0);
}
