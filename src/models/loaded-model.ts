import { QUANTILE_COUNT } from '../dimensions.ts';
import { PaperdeskError } from '../errors.ts';
import { withFileReader } from '../formats/byte-reader.ts';
import type { PolicyFile } from '../formats/model-files.ts';
import { readPolicy } from '../formats/sb3/read-policy.ts';
import { activationBytes, openForecaster } from './open-forecaster.ts';
import { policyGraph, policyOutput } from './policy-graph.ts';
import { createSession } from './session.ts';
import type { ModelFiles, ModelSummary, PolicyOutput } from './worker-protocol.ts';

/** A forecaster and a policy with their sessions. */
export interface LoadedModel {
  readonly summary: ModelSummary;
  /** [batch, lookback, features] scaled features, oldest first -> [batch, horizon, 3]. */
  forecast(windows: Float32Array, batch: number): Promise<Float32Array>;
  act(observation: Float32Array): Promise<PolicyOutput>;
  dispose(): Promise<void>;
}

export interface OpenModelOptions {
  readonly threads: number;
  /** Called with the bytes of private memory that the model takes, before it takes them. */
  readonly makeRoom: (privateBytes: number) => Promise<void>;
  /** Monotonic clock in ms. */
  readonly stopwatch: () => number;
}

/** Memory for the windows that are computed at once. */
const MAX_BATCH_BYTES = 128 << 20;
/** Two sessions with their threads, and the buffers of a policy. */
const SESSION_BYTES = 4 << 20;

/**
 * Reads both files and creates their sessions.
 * @throws what the readers of the files throw; MODEL_LOAD_FAILED for everything else
 */
export async function openModel(files: ModelFiles, options: OpenModelOptions): Promise<LoadedModel> {
  try {
    return await openSessions(files, options);
  } catch (error) {
    if (error instanceof PaperdeskError) throw error;
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const reason = code === 'ENOENT' ? 'one of its files is missing' : 'the log of the service says why';
    throw new PaperdeskError('MODEL_LOAD_FAILED', `${files.id} could not be loaded: ${reason}.`, {
      cause: error,
    });
  }
}

async function openSessions(files: ModelFiles, options: OpenModelOptions): Promise<LoadedModel> {
  const start = options.stopwatch();
  const policy = await withFileReader(files.policyPath, readPolicy);
  const actor = await createSession(policyGraph(policy).encode(), { threads: 1 });
  const baseBytes = SESSION_BYTES + policyBytes(policy);
  const forecaster = await openForecaster(files, {
    threads: options.threads,
    makeRoom: (bytes) => options.makeRoom(bytes + baseBytes),
  }).catch(async (error: unknown) => {
    await actor.dispose();
    throw error;
  });
  const { architecture, mappedBytes } = forecaster;
  const privateBytes = forecaster.privateBytes + baseBytes;
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
  const maxBatch = Math.max(1, Math.floor(MAX_BATCH_BYTES / activationBytes(architecture)));
  let largestBatch = 1;
  return {
    get summary() {
      return { ...summary, privateBytes: privateBytes + (largestBatch - 1) * activationBytes(architecture) };
    },
    async forecast(windows, batch) {
      const { lookback, features, horizon } = architecture;
      const forecasts = new Float32Array(batch * horizon * QUANTILE_COUNT);
      const windowSize = windows.length / batch;
      for (let from = 0; from < batch; from += maxBatch) {
        const count = Math.min(maxBatch, batch - from);
        // onnxruntime reuses the memory of the largest batch and does not free it.
        largestBatch = Math.max(largestBatch, count);
        const inputs = windows.subarray(from * windowSize, (from + count) * windowSize);
        const outputs = await forecaster.session.run(inputs, [count, lookback, features]);
        forecasts.set(outputs, from * horizon * QUANTILE_COUNT);
      }
      return forecasts;
    },
    async act(observation) {
      return policyOutput(policy, await actor.run(observation, [1, policy.observationSize]));
    },
    async dispose() {
      await forecaster.session.dispose();
      await actor.dispose();
    },
  };
}

function policyBytes({ hidden, output }: PolicyFile): number {
  return [...hidden, output].reduce((sum, layer) => sum + layer.weight.byteLength + layer.bias.byteLength, 0);
}
