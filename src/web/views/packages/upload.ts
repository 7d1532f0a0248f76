import { batch, effect, signal } from '@preact/signals';
import type { ModelPackageAnswer } from '../../../http/packages/schema.ts';
import { sendForm } from '../../data/api.ts';
import { ApiError, toApiError } from '../../data/api-error.ts';
import { bytes } from '../../format/numbers.ts';
import { nameFor, type PartName, partOf, UPLOAD_PARTS } from './upload-parts.ts';

type Files = Readonly<Partial<Record<PartName, File>>>;

export interface UploadProgress {
  /** Bytes sent so far, and in total. */
  readonly sent: number;
  readonly total: number;
  /** By performance.now(). */
  readonly startedAt: number;
}

// The state of the upload form. It survives a change of view, and a refused upload.
export const selectedFiles = signal<Files>({});
export const name = signal('');
export const notes = signal('');
/** Files that were not taken, each in a sentence. */
export const rejectedFiles = signal<readonly string[]>([]);
/** undefined while nothing is uploaded. */
export const progress = signal<UploadProgress | undefined>(undefined);
/** Why the last upload was refused. */
export const uploadError = signal<ApiError | undefined>(undefined);

let controller: AbortController | undefined;

/** Assigns files to parts of the upload; those that fit none are rejected. */
export async function addFiles(files: readonly File[], folder?: string): Promise<void> {
  const added: Partial<Record<PartName, File>> = {};
  const rejected: string[] = [];
  for (const file of files) {
    const part = await partOf(file);
    const before = part && added[part];
    if (part === undefined) {
      rejected.push(`${file.name} is not part of a package: its files end in .pt, .zip, .pkl or .json.`);
    } else if (before !== undefined) {
      rejected.push(`${file.name} was not added: ${before.name} is used instead.`);
    } else {
      added[part] = file;
    }
  }
  batch(() => {
    selectedFiles.value = { ...selectedFiles.value, ...added };
    rejectedFiles.value = rejected;
    uploadError.value = undefined;
    suggestName(Object.values(added), folder);
  });
}

/** Sets the file of a part, whatever its name; undefined removes it. */
export function setFile(part: PartName, file: File | undefined): void {
  const { [part]: _before, ...others } = selectedFiles.value;
  batch(() => {
    selectedFiles.value = file === undefined ? others : { ...others, [part]: file };
    rejectedFiles.value = [];
    uploadError.value = undefined;
    if (file !== undefined) suggestName([file]);
  });
}

function suggestName(files: readonly File[], folder?: string): void {
  if (name.value !== '') return;
  name.value = nameFor(
    folder,
    files.map((file) => file.name),
  );
}

/** Why the upload cannot start yet, in a sentence; undefined when it can. */
export function whyNotReady(maxBytes: number | undefined): string | undefined {
  const files = selectedFiles.value;
  const missing = UPLOAD_PARTS.filter((part) => part.isRequired && files[part.name] === undefined);
  if (missing.length > 0) {
    const parts = missing.map(({ label, extensions }) => `the ${label.toLowerCase()} (${extensions[0]})`);
    return `Missing: ${parts.join(' and ')}.`;
  }
  for (const file of Object.values(files)) {
    const problem = sizeProblem(file, maxBytes);
    if (problem !== undefined) return `${file.name} ${problem}.`;
  }
  return name.value.trim() === '' ? 'Missing: a name.' : undefined;
}

/** What is wrong with the size of a file; undefined if it is fine. */
export function sizeProblem(file: File, maxBytes: number | undefined): string | undefined {
  if (file.size === 0) return 'is empty';
  if (maxBytes === undefined || file.size <= maxBytes) return undefined;
  return `has ${bytes(file.size)}; the maximum is ${bytes(maxBytes)} (UPLOAD_MAX_BYTES)`;
}

/** Uploads the selected files; returns undefined when it was canceled or refused (see `uploadError`). */
export async function sendUpload(): Promise<ModelPackageAnswer | undefined> {
  const files = selectedFiles.value;
  const startedAt = performance.now();
  const setProgress = (sent: number, total: number) => {
    progress.value = { sent, total, startedAt };
  };
  setProgress(
    0,
    Object.values(files).reduce((sum, { size }) => sum + size, 0),
  );
  uploadError.value = undefined;
  controller = new AbortController();
  const { signal } = controller;
  try {
    const created = await sendForm<ModelPackageAnswer>(
      '/model-packages/upload',
      formOf(files),
      setProgress,
      signal,
    );
    clearUpload();
    return created;
  } catch (error) {
    if (!signal.aborted) uploadError.value = (await changedFileError(files)) ?? toApiError(error);
    return undefined;
  } finally {
    progress.value = undefined;
  }
}

function formOf(files: Files): FormData {
  const form = new FormData();
  form.append('name', name.value.trim());
  if (notes.value.trim() !== '') form.append('notes', notes.value.trim());
  for (const { name: part } of UPLOAD_PARTS) {
    const file = files[part];
    if (file !== undefined) form.append(part, file);
  }
  return form;
}

export function cancelUpload(): void {
  controller?.abort();
}

/** Empties the upload form. */
export function clearUpload(): void {
  batch(() => {
    selectedFiles.value = {};
    name.value = '';
    notes.value = '';
    rejectedFiles.value = [];
    uploadError.value = undefined;
  });
}

/** Browsers refuse, without a reason, to send a file that has changed since it was selected. */
async function changedFileError(files: Files): Promise<ApiError | undefined> {
  for (const file of Object.values(files)) {
    try {
      await file.slice(0, 1).arrayBuffer();
    } catch {
      const message = `${file.name} was changed or removed after it was selected. Select it again.`;
      return new ApiError({ status: 0, code: 'UNREADABLE' }, message);
    }
  }
  return undefined;
}

const warnBeforeLeaving = (event: BeforeUnloadEvent) => event.preventDefault();

// Leaving the page would abort the upload.
effect(() => {
  if (progress.value === undefined) removeEventListener('beforeunload', warnBeforeLeaving);
  else addEventListener('beforeunload', warnBeforeLeaving);
});
