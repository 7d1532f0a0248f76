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

export interface TimedForecast {
  /** [batch, horizon, 3], row-major. */
  readonly quantiles: Float32Array;
  /** Per window; see `forecast-time.ts`. */
  readonly windowMs: number;
}

/** The shortest of some forecasts of one window. */
export interface MeasuredForecast {
  readonly bestMs: number;
  readonly forecasts: number;
}

/** Forecasts of a measurement: the first may read weights from the disk, and others may be disturbed. */
export const MAX_MEASURED = 3;

export type WorkerRequest =
  | { readonly kind: 'load'; readonly files: ModelFiles }
  | {
      readonly kind: 'forecast';
      readonly files: ModelFiles;
      readonly windows: Float32Array;
      readonly batch: number;
    }
  | { readonly kind: 'act'; readonly files: ModelFiles; readonly observation: Float32Array }
  /** Computes forecasts until one is within the limit, at most a few. */
  | { readonly kind: 'measure'; readonly files: ModelFiles; readonly limitMs: number }
  | { readonly kind: 'unload'; readonly id: string };

export interface WorkerAnswers {
  readonly load: ModelSummary;
  readonly forecast: TimedForecast;
  readonly act: PolicyOutput;
  readonly measure: MeasuredForecast;
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
  /** The model of a call is loaded, and its computation begins. */
  | { readonly kind: 'computing'; readonly call: number }
  /** All loaded models, least recently used first; sent on every change. */
  | { readonly kind: 'models'; readonly models: readonly ModelSummary[] };

/** Arguments of the process. */
export interface WorkerSettings {
  readonly memoryBudgetBytes: number;
  readonly threads: number;
}
