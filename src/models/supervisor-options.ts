import type { StartWorker } from './worker-process.ts';
import type { WorkerSettings } from './worker-protocol.ts';

export interface InferenceLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface SupervisorOptions {
  readonly settings: WorkerSettings;
  readonly startWorker: StartWorker;
  readonly log: InferenceLog;
  /** A call that takes longer until its model is loaded ends the process, which is assumed to hang. */
  readonly callTimeoutMs: number;
  /** A computation that takes longer, for each of its windows, is ended with the process, and not tried again. */
  readonly computeTimeoutMs?: number;
  /** A call that waits longer than this for its answer fails with INFERENCE_UNAVAILABLE. */
  readonly answerWithinMs?: number;
  /** A call that saw this many processes die is not tried again; 2 by default. */
  readonly deathsPerCall?: number;
  /** The process ends after this time without calls, to free its memory. */
  readonly idleMs?: number;
}
