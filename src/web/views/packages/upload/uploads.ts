import { batch, computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import type { ModelPackageAnswer } from '../../../../http/packages/schema.ts';
import type { ApiError } from '../../../data/api-error.ts';
import type { Files, UploadProgress } from './files.ts';
import { nameFor, type PartName, partOf } from './parts.ts';
import { sendUpload } from './send-upload.ts';
import type { Upload } from './upload.ts';

const list = signal<readonly Upload[]>([]);

/** The uploads of this page, newest first. They survive a change of view. */
export const uploads: ReadonlySignal<readonly Upload[]> = list;

let count = 0;

/** Takes an upload off the page; what is stored stays stored. */
export function dismiss(upload: Upload): void {
  upload.cancel();
  list.value = list.value.filter((one) => one !== upload);
}

/**
 * Assigns files to the parts of an upload: to one that waits for them, else to a new one. Those that are no part are
 * rejected with a sentence.
 */
export async function addFiles(files: readonly File[], folder?: string): Promise<void> {
  const { added, rejected } = await assigned(files);
  batch(() => {
    const upload = waitingFor(added) ?? newUpload();
    upload.files.value = { ...upload.files.value, ...added };
    upload.rejected.value = rejected;
    upload.error.value = undefined;
    suggestName(upload, Object.values(added), folder);
  });
}

async function assigned(files: readonly File[]) {
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
  return { added, rejected };
}

/** The newest upload that is not sent and has none of these parts yet; a second forecaster is another package. */
function waitingFor(added: Files): Upload | undefined {
  const parts = Object.keys(added) as PartName[];
  return list.peek().find(({ created, progress, files }) => {
    const isOpen = created.peek() === undefined && progress.peek() === undefined;
    return isOpen && parts.every((part) => files.peek()[part] === undefined);
  });
}

function newUpload(): Upload {
  const files = signal<Files>({});
  const progress = signal<UploadProgress | undefined>(undefined);
  const error = signal<ApiError | undefined>(undefined);
  const created = signal<ModelPackageAnswer | undefined>(undefined);
  const rejected = signal<readonly string[]>([]);
  let controller: AbortController | undefined;
  count += 1;
  const upload: Upload = {
    ...{ key: count, files, progress, error, created, rejected },
    ...{ name: signal(''), notes: signal(''), versionOf: signal('') },
    setFile(part, file) {
      const { [part]: _before, ...others } = files.value;
      batch(() => {
        files.value = file === undefined ? others : { ...others, [part]: file };
        rejected.value = [];
        error.value = undefined;
        if (file !== undefined) suggestName(upload, [file]);
      });
    },
    async send() {
      if (progress.peek() !== undefined) return;
      controller = new AbortController();
      await sendUpload(upload, controller.signal);
    },
    cancel: () => controller?.abort(),
  };
  list.value = [upload, ...list.value];
  return upload;
}

function suggestName(upload: Upload, files: readonly File[], folder?: string): void {
  if (upload.name.value !== '') return;
  upload.name.value = nameFor(
    folder,
    files.map((file) => file.name),
  );
}

const isSending = computed(() => list.value.some(({ progress }) => progress.value !== undefined));

const warnBeforeLeaving = (event: BeforeUnloadEvent) => event.preventDefault();

// Leaving the page would abort the upload.
effect(() => {
  if (isSending.value) addEventListener('beforeunload', warnBeforeLeaving);
  else removeEventListener('beforeunload', warnBeforeLeaving);
});
