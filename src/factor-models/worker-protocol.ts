import type { ErrorCode } from '../errors.ts';
import type { CachedModel, FactorGroup } from './factor-group.ts';
import type { ScanResult } from './scan-directory.ts';
import type { ScoreOptions } from './scoring.ts';

/** Predictions as JSON, because writing a million numbers takes a second. */
export interface Predictions {
  /** In UTF-8: a list with a number per row, or a list for a model with several outputs; null is not finite. */
  readonly json: Uint8Array;
  readonly treesUsed: number;
}

/** What a worker can do. Each function may throw what its work throws. */
export interface WorkerFunctions {
  /** `sendAll` also sends groups that have not changed. */
  scan(root: string, cacheFolder: string, sendAll: boolean, linkRoots: readonly string[]): ScanResult;
  fingerprint(root: string): string;
  deleteCache(cacheFolder: string): void;
  /** The model's JSON as a JSON string: quoted, escaped, in UTF-8. */
  modelText(model: CachedModel): Uint8Array;
  /** Predictions for `rows`, row-major [n, features] with NaN for missing values. */
  score(model: CachedModel, rows: Float32Array, options: ScoreOptions): Predictions;
}

export interface MessageToWorker {
  readonly call: number;
  readonly name: keyof WorkerFunctions;
  readonly args: readonly unknown[];
}

export type MessageFromWorker =
  /** A call is worked on. */
  | { readonly call: number; readonly progress: true }
  /** Some groups of a scan: one message with all groups would block the event loop for too long. */
  | { readonly call: number; readonly groups: readonly FactorGroup[] }
  | { readonly call: number; readonly result: unknown }
  | { readonly call: number; readonly failure: { readonly code: ErrorCode; readonly detail: string } };
