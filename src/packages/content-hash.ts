import { createHash } from 'node:crypto';
import type { PackageFile } from './stored-file.ts';

/** A proof says what a package computes; it is no part of it. */
const NO_CONTENT = 'proof.json';

/** A SHA-256 (hex) of the content of a package: equal for packages with the same files, whatever their names. */
export function contentHashOf(files: readonly PackageFile[]): string {
  const hashes = files.filter(({ name }) => name !== NO_CONTENT).map(({ sha256 }) => sha256);
  return createHash('sha256').update(hashes.sort().join('\n')).digest('hex');
}
