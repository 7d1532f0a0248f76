import { useEffect, useRef, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { Button } from '../../components/button.tsx';
import { TextField } from '../../components/fields.tsx';
import { Form } from '../../components/form.tsx';
import { ErrorNotice, Notice } from '../../components/messages.tsx';
import { Panel } from '../../components/panel.tsx';
import { toast } from '../../data/toasts.ts';
import { bytes } from '../../format/numbers.ts';
import { packageAddress, VIEWS } from '../../views.ts';
import { droppedFiles } from './dropped-files.ts';
import {
  addFiles,
  clearUpload,
  name,
  notes,
  progress,
  rejectedFiles,
  selectedFiles,
  sendUpload,
  uploadError,
  whyNotReady,
} from './upload.ts';
import { UploadPartRow } from './upload-part-row.tsx';
import { UPLOAD_PARTS } from './upload-parts.ts';
import { UploadProgressBar } from './upload-progress-bar.tsx';

interface UploadPanelProps {
  /** Maximum size of a file; undefined while it is not known. */
  readonly maxBytes: number | undefined;
}

/** Selects the files of a package, by drag and drop or a file chooser, and uploads them. */
export function UploadPanel({ maxBytes }: UploadPanelProps) {
  const { path, query, route } = useLocation();
  const problem = whyNotReady(maxBytes);
  const upload = async () => {
    if (progress.value !== undefined || problem !== undefined) return;
    const created = await sendUpload();
    if (created === undefined) return;
    toast(`Uploaded ${created.name}. Its warm-up starts now.`);
    if (path === VIEWS.packages.path) route(packageAddress(created.id, query));
  };
  return (
    <Panel
      title="Upload a package"
      beside={
        maxBytes !== undefined && <span class="muted small">{`up to ${bytes(maxBytes)} per file`}</span>
      }
    >
      <DropZone />
      {rejectedFiles.value.length > 0 && (
        <Notice tone="warn">
          {rejectedFiles.value.map((sentence) => (
            <p key={sentence}>{sentence}</p>
          ))}
        </Notice>
      )}
      {Object.keys(selectedFiles.value).length > 0 && (
        <Form class="upload-form" onSubmit={() => void upload()}>
          <ul class="upload-parts">
            {UPLOAD_PARTS.map((part) => (
              <UploadPartRow key={part.name} part={part} maxBytes={maxBytes} />
            ))}
          </ul>
          <div class="upload-texts">
            <TextField
              label="Name"
              value={name.value}
              onInput={(value) => {
                name.value = value;
              }}
              required
              maxLength={200}
              autoComplete="off"
            />
            <NotesField />
          </div>
          <ErrorNotice error={uploadError.value} />
          {progress.value === undefined ? (
            <div class="row">
              <Button type="submit" kind="primary" disabled={problem !== undefined}>
                Upload
              </Button>
              <Button onClick={clearUpload}>Clear</Button>
              {problem !== undefined && (
                <span class="muted" role="status">
                  {problem}
                </span>
              )}
            </div>
          ) : (
            <UploadProgressBar progress={progress.value} />
          )}
        </Form>
      )}
    </Panel>
  );
}

/** Files can be dropped anywhere in the view: the browser would open files that miss a smaller target. */
function DropZone() {
  const input = useRef<HTMLInputElement>(null);
  const isDragging = useFileDrop();
  const isBusy = progress.value !== undefined;
  return (
    <div class={isDragging ? 'row spread drop-zone drop-zone-active' : 'row spread drop-zone'}>
      <p>
        <b>Drop files here</b>
        <span class="muted">
          , or a folder: <code>.pt</code> forecast model and <code>.zip</code> policy; optionally a{' '}
          <code>.pkl</code> scaler, a <code>.pkl</code> of VecNormalize, a <code>.json</code> manifest and a{' '}
          <code>.json</code> proof.
        </span>
      </p>
      <input
        ref={input}
        class="visually-hidden"
        type="file"
        multiple
        tabIndex={-1}
        aria-label="Files of a package"
        disabled={isBusy}
        onChange={async ({ currentTarget }) => {
          await addFiles([...(currentTarget.files ?? [])]);
          currentTarget.value = '';
        }}
      />
      <Button onClick={() => input.current?.click()} disabled={isBusy}>
        Choose files
      </Button>
    </div>
  );
}

/** Adds files that are dropped on the page; returns whether files are being dragged over it. */
function useFileDrop(): boolean {
  const [isDragging, setDragging] = useState(false);
  useEffect(() => {
    const onDragOver = (event: DragEvent) => {
      event.preventDefault();
      setDragging(event.dataTransfer?.types.includes('Files') === true);
    };
    const onDragLeave = (event: DragEvent) => {
      if (event.relatedTarget === null) setDragging(false);
    };
    const onDrop = async (event: DragEvent) => {
      event.preventDefault();
      setDragging(false);
      if (event.dataTransfer === null || progress.peek() !== undefined) return;
      const { files, folder } = await droppedFiles(event.dataTransfer);
      await addFiles(files, folder);
    };
    addEventListener('dragover', onDragOver);
    addEventListener('dragleave', onDragLeave);
    addEventListener('drop', onDrop);
    return () => {
      removeEventListener('dragover', onDragOver);
      removeEventListener('dragleave', onDragLeave);
      removeEventListener('drop', onDrop);
    };
  }, []);
  return isDragging;
}

function NotesField() {
  return (
    <label class="field">
      <span>
        Notes <span class="muted">(optional)</span>
      </span>
      <textarea
        class="input"
        rows={2}
        maxLength={10_000}
        value={notes.value}
        onInput={({ currentTarget }) => {
          notes.value = currentTarget.value;
        }}
      />
    </label>
  );
}
