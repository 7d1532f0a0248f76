import type { ErrorCode } from '../errors.ts';
import type { FactorGroup } from './factor-group.ts';
import type { ScanResult } from './scan-directory.ts';

/** A model in the cache. */
export interface ModelFile {
  readonly path: string;
  readonly sha256: string;
}

/** Requests to a worker thread. */
export type WorkerRequest =
  | {
      readonly kind: 'scan';
      readonly root: string;
      readonly cacheFolder: string;
      /** Also send groups that have not changed. */
      readonly sendAll: boolean;
    }
  | { readonly kind: 'fingerprint'; readonly root: string }
  | { readonly kind: 'delete-cache'; readonly cacheFolder: string }
  | { readonly kind: 'model-text'; readonly model: ModelFile }
  | {
      readonly kind: 'score';
      readonly model: ModelFile;
      /** Row-major [n, features], NaN for missing values. */
      readonly rows: Float32Array;
      /** Without the objective's transform. */
      readonly margins: boolean;
    };

/** The result of each kind of request. */
export interface WorkerResults {
  readonly scan: ScanResult;
  readonly fingerprint: string;
  readonly 'delete-cache': null;
  /** The model's JSON as a JSON string: quoted, escaped, in UTF-8. */
  readonly 'model-text': Uint8Array;
  /** The outputs of each row. */
  readonly score: number[][];
}

export interface MessageToWorker {
  readonly call: number;
  readonly request: WorkerRequest;
}

export type MessageFromWorker =
  /** Some groups of a scan: one message with all groups would block the event loop for too long. */
  | { readonly call: number; readonly groups: readonly FactorGroup[] }
  | { readonly call: number; readonly result: WorkerResults[WorkerRequest['kind']] }
  | { readonly call: number; readonly failure: { readonly code: ErrorCode; readonly detail: string } };
