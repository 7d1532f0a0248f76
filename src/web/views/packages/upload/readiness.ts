import { bytes } from '../../../format/numbers.ts';
import type { Files } from './files.ts';
import { UPLOAD_PARTS } from './parts.ts';
import type { Upload } from './upload.ts';

/** Why an upload cannot start yet, in a sentence; undefined when it can. */
export function whyNotReady(
  { files, name }: Pick<Upload, 'files' | 'name'>,
  maxBytes: number | undefined,
): string | undefined {
  const missing = missingPart(files.value);
  if (missing !== undefined) return missing;
  for (const file of Object.values(files.value)) {
    const problem = sizeProblem(file, maxBytes);
    if (problem !== undefined) return `${file.name} ${problem}.`;
  }
  return name.value.trim() === '' ? 'Missing: a name.' : undefined;
}

function missingPart(files: Files): string | undefined {
  const missing = UPLOAD_PARTS.filter((part) => part.isRequired && files[part.name] === undefined);
  if (missing.length === 0) return undefined;
  const parts = missing.map(({ label, extensions }) => `the ${label.toLowerCase()} (${extensions[0]})`);
  return `Missing: ${parts.join(' and ')}.`;
}

/** What is wrong with the size of a file; undefined if it is fine. */
export function sizeProblem(file: File, maxBytes: number | undefined): string | undefined {
  if (file.size === 0) return 'is empty';
  if (maxBytes === undefined || file.size <= maxBytes) return undefined;
  return `has ${bytes(file.size)}; the maximum is ${bytes(maxBytes)} (UPLOAD_MAX_BYTES)`;
}
