import type { ErrorCode } from '../errors.ts';
import type {
  Activation,
  ForecasterSettings,
  PatchTstArchitecture,
  WeightForm,
} from '../formats/model-files.ts';

/** The messages between the service and the inference process. */

/** The files of a package; `version` changes with their content and with `weights`. */
export interface ModelFiles {
  readonly id: string;
  readonly version: string;
  readonly forecastPath: string;
  readonly policyPath: string;
  readonly forecaster: ForecasterSettings;
  /** float32 by default. */
  readonly weights?: WeightForm;
}

/** Facts about a loaded model. */
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
  /** Estimated private memory of the model. */
  readonly privateBytes: number;
  /** Bytes mapped from the forecast file, which the system can drop and read again. */
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
  /** All loaded models, least recently used first; sent on every change. */
  | { readonly kind: 'models'; readonly models: readonly ModelSummary[] };

/** Arguments of the process. */
export interface WorkerSettings {
  readonly memoryBudgetBytes: number;
  readonly threads: number;
}
