import { createSupervisor, type InferenceLog, type SupervisorStatus } from './supervisor.ts';
import { type StartWorker, startWorker } from './worker-process.ts';
import type { ModelFiles, ModelSummary, PolicyOutput } from './worker-protocol.ts';

export type { InferenceLog } from './supervisor.ts';
export type { ModelFiles, ModelSummary, PolicyOutput, WeightForm } from './worker-protocol.ts';

/**
 * Computes forecasts and actions of trained pairs, in a process of its own. Each call loads the model it names when
 * that is not loaded in that version yet; models are kept within a budget of memory. All calls throw the code of a
 * file's fault, MODEL_LOAD_FAILED, INFERENCE_UNAVAILABLE (with the seconds to wait) or SHUTTING_DOWN.
 */
export interface InferenceEngine {
  /** Loads a model ahead of its first use. */
  load(model: ModelFiles): Promise<ModelSummary>;
  /** `windows` [batch, 512, 28] scaled features, oldest first -> quantiles [batch, 192, 3], row-major. */
  forecast(model: ModelFiles, windows: Float32Array, batch: number): Promise<Float32Array>;
  /** `observation` [72] -> mean and standard deviation of the 5 actions, not clipped. */
  act(model: ModelFiles, observation: Float32Array): Promise<PolicyOutput>;
  unload(id: string): Promise<void>;
  status(): InferenceStatus;
  /** Rejects what is pending with SHUTTING_DOWN and ends the process. */
  close(): Promise<void>;
}

export interface InferenceStatus extends SupervisorStatus {
  readonly memoryBudgetBytes: number;
}

export interface InferenceEngineOptions {
  readonly memoryBudgetBytes: number;
  readonly log: InferenceLog;
  /** Threads that compute one forecast. */
  readonly threads?: number;
  /** A call that takes longer ends the process, which is taken to hang. */
  readonly callTimeoutMs?: number;
  /** For tests. */
  readonly startWorker?: StartWorker;
}

const DEFAULT_THREADS = 2;
const DEFAULT_CALL_TIMEOUT_MS = 60_000;
/** Windows computed at once: more take memory, but hardly less time for each. */
const LARGEST_BATCH = 8;

/** An engine; its process is started at the first call. */
export function createInferenceEngine(options: InferenceEngineOptions): InferenceEngine {
  const { memoryBudgetBytes, log, threads = DEFAULT_THREADS } = options;
  const supervisor = createSupervisor({
    settings: { memoryBudgetBytes, threads },
    startWorker: options.startWorker ?? startWorker,
    log,
    callTimeoutMs: options.callTimeoutMs ?? DEFAULT_CALL_TIMEOUT_MS,
  });

  function forecastBatch(files: ModelFiles, windows: Float32Array, batch: number): Promise<Float32Array> {
    return supervisor.call<'forecast'>({ kind: 'forecast', files, windows, batch });
  }

  return {
    load: (files) => supervisor.call<'load'>({ kind: 'load', files }),
    async forecast(files, windows, batch) {
      if (batch <= LARGEST_BATCH) return forecastBatch(files, windows, batch);
      const windowSize = windows.length / batch;
      const parts: Float32Array[] = [];
      for (let from = 0; from < batch; from += LARGEST_BATCH) {
        const to = Math.min(batch, from + LARGEST_BATCH);
        parts.push(
          await forecastBatch(files, windows.subarray(from * windowSize, to * windowSize), to - from),
        );
      }
      return concatenate(parts);
    },
    act: (files, observation) => supervisor.call<'act'>({ kind: 'act', files, observation }),
    async unload(id) {
      if (supervisor.status().state === 'running') await supervisor.call<'unload'>({ kind: 'unload', id });
    },
    status: () => ({ ...supervisor.status(), memoryBudgetBytes }),
    close: () => supervisor.close(),
  };
}

function concatenate(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
