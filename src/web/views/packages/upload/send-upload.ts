import { batch } from '@preact/signals';
import type { ModelPackageAnswer } from '../../../../http/packages/schema.ts';
import { sendForm } from '../../../data/api.ts';
import { ApiError, toApiError } from '../../../data/api-error.ts';
import { packages } from '../../../data/packages.ts';
import { partsInOrder } from './files.ts';
import type { Upload } from './upload.ts';

/** Sends an upload; afterwards it has the stored package or the error, or neither where it was canceled. */
export async function sendUpload(upload: Upload, signal: AbortSignal): Promise<void> {
  const { progress, error, created, files } = upload;
  const startedAt = performance.now();
  const setProgress = (sent: number, total: number) => {
    progress.value = { sent, total, startedAt };
  };
  batch(() => {
    error.value = undefined;
    const parts = partsInOrder(files.value);
    setProgress(
      0,
      parts.reduce((sum, [, { size }]) => sum + size, 0),
    );
  });
  try {
    created.value = await sendForm<ModelPackageAnswer>(
      '/model-packages/upload',
      formOf(upload),
      setProgress,
      signal,
    );
    packages.reload();
  } catch (reason) {
    if (!signal.aborted) error.value = (await changedFileError(upload)) ?? toApiError(reason);
  } finally {
    progress.value = undefined;
  }
}

function formOf({ name, notes, versionOf, files }: Upload): FormData {
  const form = new FormData();
  form.append('name', name.value.trim());
  if (notes.value.trim() !== '') form.append('notes', notes.value.trim());
  if (versionOf.value !== '') form.append('version_of', versionOf.value);
  for (const [part, file] of partsInOrder(files.value)) form.append(part, file);
  return form;
}

/** Browsers refuse, without a reason, to send a file that has changed since it was selected. */
async function changedFileError({ files }: Upload): Promise<ApiError | undefined> {
  for (const file of Object.values(files.value)) {
    try {
      await file.slice(0, 1).arrayBuffer();
    } catch {
      const message = `${file.name} was changed or removed after it was selected. Select it again.`;
      return new ApiError({ status: 0, code: 'UNREADABLE' }, message);
    }
  }
  return undefined;
}
