import type { ErrorCode } from '../errors.ts';
import type { Activation, PatchTstArchitecture } from '../formats/model-files.ts';

/** What the service and the inference process say to each other. */

/** How the forecaster's largest matrix is computed: as trained, or as 8-bit numbers (compact-matrix.ts). */
export type WeightForm = 'float32' | 'int8';

/** Where a pair of trained files lies; `version` changes whenever their content or the form of the weights does. */
export interface ModelFiles {
  readonly id: string;
  readonly version: string;
  readonly forecastPath: string;
  readonly policyPath: string;
  /** Attention heads, which the weights do not tell; 4 where it is not given. */
  readonly heads?: number;
  /** float32 where it is not given. */
  readonly weights?: WeightForm;
}

/** What is known of a model once it is loaded. */
export interface ModelSummary {
  readonly id: string;
  readonly version: string;
  readonly architecture: PatchTstArchitecture;
  readonly policy: {
    readonly observationSize: number;
    readonly actionSize: number;
    readonly hidden: readonly number[];
    readonly activation: Activation;
  };
  /** Estimated memory that the model has for itself. */
  readonly privateBytes: number;
  /** Bytes of the forecast file that are mapped, which the system can drop and read again. */
  readonly mappedBytes: number;
  readonly loadMs: number;
}

/** Per action, before clipping: mean and standard deviation. */
export interface PolicyOutput {
  readonly mean: Float32Array;
  readonly std: Float32Array;
}

export type WorkerRequest =
  | { readonly kind: 'load'; readonly files: ModelFiles }
  | {
      readonly kind: 'forecast';
      readonly files: ModelFiles;
      readonly windows: Float32Array;
      readonly batch: number;
    }
  | { readonly kind: 'act'; readonly files: ModelFiles; readonly observation: Float32Array }
  | { readonly kind: 'unload'; readonly id: string };

export interface WorkerAnswers {
  readonly load: ModelSummary;
  readonly forecast: Float32Array;
  readonly act: PolicyOutput;
  readonly unload: null;
}

export type WorkerAnswer = WorkerAnswers[keyof WorkerAnswers];

export interface ToWorker {
  readonly call: number;
  readonly request: WorkerRequest;
}

export type FromWorker =
  | { readonly kind: 'answer'; readonly call: number; readonly value: WorkerAnswer }
  | { readonly kind: 'failure'; readonly call: number; readonly code: ErrorCode; readonly detail: string }
  /** The models that are loaded now, least recently used first; sent whenever that changes. */
  | { readonly kind: 'models'; readonly models: readonly ModelSummary[] };

/** Handed to the process when it starts. */
export interface WorkerSettings {
  readonly memoryBudgetBytes: number;
  readonly threads: number;
}
