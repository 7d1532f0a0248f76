import type { ModelPackageAnswer } from '../../../http/packages/schema.ts';

/** Size of the files of a package, in bytes. */
export function totalSize(files: ModelPackageAnswer['files']): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}
