import { batch, effect, signal } from '@preact/signals';
import type { ModelPackageAnswer } from '../../../http/packages/schema.ts';
import { sendForm } from '../../data/api.ts';
import { ApiError, apiErrorOf } from '../../data/api-error.ts';
import { bytes } from '../../format/numbers.ts';
import { nameFor, type PartName, partOf, UPLOAD_PARTS } from './upload-parts.ts';

/** Bytes that have left, of all, and when the first did (ms). */
export interface UploadProgress {
  readonly sent: number;
  readonly total: number;
  readonly startedAt: number;
}

/** What will be uploaded. It is kept while other views are looked at, and when the service refuses it. */
export const chosen = signal<Partial<Record<PartName, File>>>({});
export const name = signal('');
export const notes = signal('');
/** What could not be taken, in sentences. */
export const leftOut = signal<readonly string[]>([]);
export const progress = signal<UploadProgress | undefined>(undefined);
export const refusal = signal<ApiError | undefined>(undefined);

let stop: AbortController | undefined;

/** Puts files where they belong; what is not recognised is told. */
export async function choose(files: readonly File[], folder?: string): Promise<void> {
  const taken: Partial<Record<PartName, File>> = {};
  const problems: string[] = [];
  for (const file of files) {
    const part = await partOf(file);
    const before = part && taken[part];
    if (part === undefined)
      problems.push(`${file.name} is none of these files: they end in .pt, .zip, .pkl or .json.`);
    else if (before !== undefined)
      problems.push(`${file.name} was left out: ${before.name} has its place already.`);
    else taken[part] = file;
  }
  batch(() => {
    chosen.value = { ...chosen.value, ...taken };
    leftOut.value = problems;
    refusal.value = undefined;
    if (name.value === '')
      name.value = nameFor(
        folder,
        Object.values(taken).map((file) => file.name),
      );
  });
}

/** Puts a file where somebody wants it, whatever it is called; undefined takes it away. */
export function place(part: PartName, file: File | undefined): void {
  const { [part]: _before, ...others } = chosen.value;
  batch(() => {
    chosen.value = file === undefined ? others : { ...others, [part]: file };
    leftOut.value = [];
    refusal.value = undefined;
    if (file !== undefined && name.value === '') name.value = nameFor(undefined, [file.name]);
  });
}

/** Why it cannot be sent yet, in a sentence; undefined where it can. */
export function obstacle(largest: number | undefined): string | undefined {
  const files = chosen.value;
  const missing = UPLOAD_PARTS.filter((part) => part.isRequired && files[part.name] === undefined);
  if (missing.length > 0) {
    const wanted = missing.map(({ label, endings }) => `the ${label.toLowerCase()} (${endings[0]})`);
    return `Still missing: ${wanted.join(' and ')}.`;
  }
  for (const file of Object.values(files)) {
    const problem = sizeProblem(file, largest);
    if (problem !== undefined) return `${file.name} ${problem}.`;
  }
  return name.value.trim() === '' ? 'Still missing: a name.' : undefined;
}

/** What is wrong with the size of a file; undefined where nothing is. */
export function sizeProblem(file: File, largest: number | undefined): string | undefined {
  if (file.size === 0) return 'is empty';
  if (largest === undefined || file.size <= largest) return undefined;
  return `has ${bytes(file.size)}; this service takes ${bytes(largest)} (UPLOAD_MAX_BYTES)`;
}

/** Sends what was chosen; undefined where it was cancelled or refused, which `refusal` then tells. */
export async function send(): Promise<ModelPackageAnswer | undefined> {
  const files = chosen.value;
  const form = new FormData();
  form.append('name', name.value.trim());
  if (notes.value.trim() !== '') form.append('notes', notes.value.trim());
  for (const { name: part } of UPLOAD_PARTS) {
    const file = files[part];
    if (file !== undefined) form.append(part, file);
  }
  const startedAt = performance.now();
  const tell = (sent: number, total: number) => {
    progress.value = { sent, total, startedAt };
  };
  tell(
    0,
    Object.values(files).reduce((sum, { size }) => sum + size, 0),
  );
  refusal.value = undefined;
  stop = new AbortController();
  try {
    const made = await sendForm<ModelPackageAnswer>('/model-packages/upload', form, tell, stop.signal);
    clear();
    return made;
  } catch (error) {
    if (!stop.signal.aborted) refusal.value = (await changedFile(files)) ?? apiErrorOf(error);
    return undefined;
  } finally {
    progress.value = undefined;
  }
}

export function cancel(): void {
  stop?.abort();
}

/** Forgets what was chosen. */
export function clear(): void {
  batch(() => {
    chosen.value = {};
    name.value = '';
    notes.value = '';
    leftOut.value = [];
    refusal.value = undefined;
  });
}

/** Browsers do not send a file that is not as it was when it was chosen, and do not say so. */
async function changedFile(files: Partial<Record<PartName, File>>): Promise<ApiError | undefined> {
  for (const file of Object.values(files)) {
    try {
      await file.slice(0, 1).arrayBuffer();
    } catch {
      const problem = `${file.name} was changed or removed since it was chosen; choose it again.`;
      return new ApiError({ status: 0, code: 'UNREADABLE' }, problem);
    }
  }
  return undefined;
}

const warn = (event: BeforeUnloadEvent) => event.preventDefault();

// Leaving the page would end the upload.
effect(() => {
  if (progress.value === undefined) removeEventListener('beforeunload', warn);
  else addEventListener('beforeunload', warn);
});
