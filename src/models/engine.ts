import { PaperdeskError } from '../errors.ts';
import { createForecastBudget } from './forecast-budget.ts';
import { createSupervisor, type SupervisorStatus } from './supervisor.ts';
import type { InferenceLog } from './supervisor-options.ts';
import { type StartWorker, startWorker } from './worker-process.ts';
import type { ModelFiles, ModelSummary, PolicyOutput } from './worker-protocol.ts';

export type { InferenceLog } from './supervisor-options.ts';
export type { ModelFiles, ModelSummary, PolicyOutput } from './worker-protocol.ts';

/**
 * Computes forecasts and actions in a process of its own. Each call loads the model it names unless that version is
 * loaded; loaded models share a memory budget. Every call may throw the code of a refused file, MODEL_LOAD_FAILED,
 * INFERENCE_UNAVAILABLE (with the seconds to wait), INFERENCE_DIED, FORECAST_TOO_SLOW and SHUTTING_DOWN.
 */
export interface InferenceEngine {
  /** Loads a model ahead of its first use. */
  load(model: ModelFiles): Promise<ModelSummary>;
  /** `windows` [batch, lookback, features] scaled features, oldest first -> quantiles [batch, horizon, 3], row-major. */
  forecast(model: ModelFiles, windows: Float32Array, batch: number): Promise<Float32Array>;
  /** `observation` -> mean and standard deviation of the 5 actions, not clipped. */
  act(model: ModelFiles, observation: Float32Array): Promise<PolicyOutput>;
  /** Computes a forecast a few times where needed. @throws FORECAST_TOO_SLOW with its time and the limit */
  requireWithinBudget(model: ModelFiles): Promise<void>;
  /** Unloads a model and ends its calls. */
  unload(id: string): Promise<void>;
  /** Listeners get packages whose forecasts exceed the limit several times in a row, with a sentence. */
  onOverBudget(listener: (id: string, sentence: string) => void): void;
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
  /** Of one forecast, in ms; no limit without it. */
  readonly forecastMaxMs?: number;
  /** A call that waits longer for its answer fails. */
  readonly answerWithinMs?: number;
  /** Processes that a call may see die. */
  readonly deathsPerCall?: number;
  /** The process ends after this time without calls. */
  readonly idleMs?: number;
  /** For tests. */
  readonly startWorker?: StartWorker;
}

const DEFAULT_THREADS = 2;
const DEFAULT_CALL_TIMEOUT_MS = 60_000;
/** A forecast is ended after so many times the limit: busy machines take longer, and a measurement repeats it. */
const ENDED_AFTER = 10;

/** Creates an engine; its process starts at the first call. */
export function createInferenceEngine(options: InferenceEngineOptions): InferenceEngine {
  const {
    memoryBudgetBytes,
    log,
    threads = DEFAULT_THREADS,
    forecastMaxMs = Number.POSITIVE_INFINITY,
  } = options;
  const { answerWithinMs, deathsPerCall, idleMs } = options;
  const budget = createForecastBudget(forecastMaxMs);
  const { call, status, close } = createSupervisor({
    settings: { memoryBudgetBytes, threads },
    startWorker: options.startWorker ?? startWorker,
    log,
    callTimeoutMs: options.callTimeoutMs ?? DEFAULT_CALL_TIMEOUT_MS,
    ...(Number.isFinite(forecastMaxMs) && { computeTimeoutMs: forecastMaxMs * ENDED_AFTER }),
    ...(answerWithinMs !== undefined && { answerWithinMs }),
    ...(deathsPerCall !== undefined && { deathsPerCall }),
    ...(idleMs !== undefined && { idleMs }),
  });
  return {
    load: (files) => call<'load'>({ kind: 'load', files }),
    async forecast(files, windows, batch) {
      try {
        const { quantiles, windowMs } = await call<'forecast'>({ kind: 'forecast', files, windows, batch });
        budget.note(files.id, windowMs);
        return quantiles;
      } catch (error) {
        if (isTooSlow(error)) budget.note(files.id, forecastMaxMs * ENDED_AFTER);
        throw withLimit(error, forecastMaxMs);
      }
    },
    async requireWithinBudget(files) {
      if (!Number.isFinite(forecastMaxMs)) return;
      const measuring = call<'measure'>({ kind: 'measure', files, limitMs: forecastMaxMs });
      const { bestMs, forecasts } = await measuring.catch((error: unknown) => {
        throw withLimit(error, forecastMaxMs);
      });
      if (bestMs <= forecastMaxMs) return;
      throw new PaperdeskError('FORECAST_TOO_SLOW', tooSlow(bestMs, forecasts, forecastMaxMs));
    },
    onOverBudget(listener) {
      budget.onExceeded((id, bestMs) => listener(id, tooSlow(bestMs, 3, forecastMaxMs)));
    },
    act: (files, observation) => call<'act'>({ kind: 'act', files, observation }),
    async unload(id) {
      if (status().state === 'running') await call<'unload'>({ kind: 'unload', id });
    },
    status: () => ({ ...status(), memoryBudgetBytes }),
    close,
  };
}

/** Whether a forecast was ended because it took longer than its budget. */
export function isTooSlow(error: unknown): error is PaperdeskError {
  return error instanceof PaperdeskError && error.code === 'FORECAST_TOO_SLOW';
}

/** Adds the limit to what the supervisor says of a forecast that it ended. */
function withLimit(error: unknown, limitMs: number): unknown {
  if (!isTooSlow(error)) return error;
  return new PaperdeskError('FORECAST_TOO_SLOW', `${error.message} ${limitSentence(limitMs)}`, {
    retryAfterSeconds: 5,
    cause: error,
  });
}

function tooSlow(bestMs: number, forecasts: number, limitMs: number): string {
  const times = forecasts === 1 ? 'One forecast took' : `The fastest of ${forecasts} forecasts took`;
  return `${times} ${Math.round(bestMs)} ms. ${limitSentence(limitMs)}`;
}

function limitSentence(limitMs: number): string {
  return `A forecast may take ${limitMs} ms (FORECAST_MAX_MS): use a smaller model or raise the limit, then start the warm-up, or send the upload, again.`;
}
