import { createSupervisor, type InferenceLog, type SupervisorStatus } from './supervisor.ts';
import { type StartWorker, startWorker } from './worker-process.ts';
import type { ModelFiles, ModelSummary, PolicyOutput } from './worker-protocol.ts';

export type { InferenceLog } from './supervisor.ts';
export type { ModelFiles, ModelSummary, PolicyOutput } from './worker-protocol.ts';

/**
 * Computes forecasts and actions in a process of its own. Each call loads the model it names unless that version is
 * loaded; loaded models share a memory budget. Every call may throw the code of a refused file, MODEL_LOAD_FAILED,
 * INFERENCE_UNAVAILABLE (with the seconds to wait) and SHUTTING_DOWN.
 */
export interface InferenceEngine {
  /** Loads a model ahead of its first use. */
  load(model: ModelFiles): Promise<ModelSummary>;
  /** `windows` [batch, lookback, features] scaled features, oldest first -> quantiles [batch, horizon, 3], row-major. */
  forecast(model: ModelFiles, windows: Float32Array, batch: number): Promise<Float32Array>;
  /** `observation` -> mean and standard deviation of the 5 actions, not clipped. */
  act(model: ModelFiles, observation: Float32Array): Promise<PolicyOutput>;
  unload(id: string): Promise<void>;
  status(): InferenceStatus;
  /** Rejects pending calls with SHUTTING_DOWN and ends the process. */
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
  /** A call that takes longer ends the process, which is assumed to hang. */
  readonly callTimeoutMs?: number;
  /** For tests. */
  readonly startWorker?: StartWorker;
}

const DEFAULT_THREADS = 2;
const DEFAULT_CALL_TIMEOUT_MS = 60_000;

/** Creates an engine; its process starts at the first call. */
export function createInferenceEngine(options: InferenceEngineOptions): InferenceEngine {
  const { memoryBudgetBytes, log, threads = DEFAULT_THREADS } = options;
  const { call, status, close } = createSupervisor({
    settings: { memoryBudgetBytes, threads },
    startWorker: options.startWorker ?? startWorker,
    log,
    callTimeoutMs: options.callTimeoutMs ?? DEFAULT_CALL_TIMEOUT_MS,
  });
  return {
    load: (files) => call<'load'>({ kind: 'load', files }),
    forecast: (files, windows, batch) => call<'forecast'>({ kind: 'forecast', files, windows, batch }),
    act: (files, observation) => call<'act'>({ kind: 'act', files, observation }),
    async unload(id) {
      if (status().state === 'running') await call<'unload'>({ kind: 'unload', id });
    },
    status: () => ({ ...status(), memoryBudgetBytes }),
    close,
  };
}
