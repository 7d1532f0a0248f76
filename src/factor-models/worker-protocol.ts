import type { ErrorCode } from '../errors.ts';
import type { FactorGroup } from './factor-group.ts';
import type { ScanResult } from './scanner.ts';

/** What the service asks of its threads for factor models. */
export type WorkerRequest =
  | { readonly kind: 'scan'; readonly folder: string; readonly root: string; readonly everything: boolean }
  | { readonly kind: 'fingerprint'; readonly root: string }
  | { readonly kind: 'forget'; readonly folder: string }
  | { readonly kind: 'text'; readonly model: KeptModelFile }
  | {
      readonly kind: 'score';
      readonly model: KeptModelFile;
      readonly rows: Float32Array;
      readonly margins: boolean;
    };

export interface KeptModelFile {
  readonly path: string;
  readonly sha256: string;
}

export interface WorkerAnswers {
  readonly scan: ScanResult;
  readonly fingerprint: string;
  readonly forget: null;
  /** The model's JSON as a JSON string: quoted, escaped, in UTF-8. */
  readonly text: Uint8Array;
  /** The outputs of each row. */
  readonly score: number[][];
}

export interface ToWorker {
  readonly call: number;
  readonly request: WorkerRequest;
}

export type FromWorker =
  /** Groups of a scan under way; many small messages never hold up the service as one large one would. */
  | { readonly call: number; readonly groups: readonly FactorGroup[] }
  | { readonly call: number; readonly value: WorkerAnswers[WorkerRequest['kind']] }
  | { readonly call: number; readonly failure: { readonly code: ErrorCode; readonly detail: string } };
