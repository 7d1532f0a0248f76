import type { Signal } from '@preact/signals';
import type { ModelPackageAnswer } from '../../../../http/packages/schema.ts';
import type { ApiError } from '../../../data/api-error.ts';
import type { Files, UploadProgress } from './files.ts';
import type { PartName } from './parts.ts';

/** A package on its way into the service. */
export interface Upload {
  readonly key: number;
  readonly files: Signal<Files>;
  readonly name: Signal<string>;
  readonly notes: Signal<string>;
  /** Id of the package that it is the next version of; '' for a package of its own. */
  readonly versionOf: Signal<string>;
  /** Files that were not taken, each in a sentence. */
  readonly rejected: Signal<readonly string[]>;
  /** undefined while nothing is sent. */
  readonly progress: Signal<UploadProgress | undefined>;
  /** Why it was refused. */
  readonly error: Signal<ApiError | undefined>;
  /** The stored package. */
  readonly created: Signal<ModelPackageAnswer | undefined>;
  /** Assigns the file of a part, whatever its name; undefined removes it. */
  setFile(part: PartName, file: File | undefined): void;
  send(): Promise<void>;
  cancel(): void;
}
