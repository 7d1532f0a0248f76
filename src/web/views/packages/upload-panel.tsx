import { useEffect, useRef, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { Button } from '../../components/button.tsx';
import { TextField } from '../../components/fields.tsx';
import { ErrorNote, Note } from '../../components/notes.tsx';
import { Panel } from '../../components/panel.tsx';
import { addressOf } from '../../data/selected-package.ts';
import { toast } from '../../data/toasts.ts';
import { bytes } from '../../format/numbers.ts';
import { droppedFiles } from './dropped-files.ts';
import { choose, chosen, clear, leftOut, name, notes, obstacle, progress, refusal, send } from './upload.ts';
import { PartRow } from './upload-part-row.tsx';
import { UPLOAD_PARTS } from './upload-parts.ts';
import { UploadProgressBar } from './upload-progress-bar.tsx';

/** Takes the files of a pair, by drag and drop or by choosing them, and sends them. */
export function UploadPanel({ largest }: { readonly largest: number | undefined }) {
  const { path, query, route } = useLocation();
  const isEmpty = Object.keys(chosen.value).length === 0;
  const problem = obstacle(largest);
  const start = async () => {
    if (progress.value !== undefined || problem !== undefined) return;
    const made = await send();
    if (made === undefined) return;
    toast(`${made.name} is stored and is warmed up now.`);
    if (path === '/packages') route(addressOf(`/packages/${made.id}`, { ...query, model: made.id }));
  };
  return (
    <Panel title="Upload a pair" beside={<UploadHint largest={largest} />}>
      <DropZone />
      {leftOut.value.length > 0 && (
        <Note tone="warn">
          {leftOut.value.map((one) => (
            <p key={one}>{one}</p>
          ))}
        </Note>
      )}
      {!isEmpty && (
        <form
          class="upload-form"
          onSubmit={(event) => {
            event.preventDefault();
            void start();
          }}
        >
          <ul class="upload-parts">
            {UPLOAD_PARTS.map((part) => (
              <PartRow key={part.name} part={part} largest={largest} />
            ))}
          </ul>
          <div class="upload-words">
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
          {refusal.value !== undefined && <ErrorNote error={refusal.value} />}
          {progress.value === undefined ? (
            <div class="actions">
              <Button type="submit" kind="primary" disabled={problem !== undefined}>
                Upload
              </Button>
              <Button onClick={clear}>Start over</Button>
              {problem !== undefined && (
                <span class="soft" role="status">
                  {problem}
                </span>
              )}
            </div>
          ) : (
            <UploadProgressBar progress={progress.value} />
          )}
        </form>
      )}
    </Panel>
  );
}

function UploadHint({ largest }: { readonly largest: number | undefined }) {
  if (largest === undefined) return null;
  return <span class="soft small">up to {bytes(largest)} a file</span>;
}

/** Where files are dropped: anywhere in the view, since a browser would open those that miss a smaller place. */
function DropZone() {
  const input = useRef<HTMLInputElement>(null);
  const isOver = useDrops();
  const isBusy = progress.value !== undefined;
  return (
    <div class={isOver ? 'drop drop-over' : 'drop'}>
      <p>
        <b>Drop the files here</b>
        <span class="soft">
          , or a folder with them: <code>.pt</code> forecast model and <code>.zip</code> policy; if you have
          them, <code>.pkl</code> scaler and <code>.json</code> manifest.
        </span>
      </p>
      <input
        ref={input}
        class="visually-hidden"
        type="file"
        multiple
        tabIndex={-1}
        aria-label="Files of a pair"
        disabled={isBusy}
        onChange={async ({ currentTarget }) => {
          await choose([...(currentTarget.files ?? [])]);
          currentTarget.value = '';
        }}
      />
      <Button onClick={() => input.current?.click()} disabled={isBusy}>
        Choose files
      </Button>
    </div>
  );
}

/** Takes what is dropped on the page; answers whether something is held over it. */
function useDrops(): boolean {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const over = (event: DragEvent) => {
      event.preventDefault();
      setOver(event.dataTransfer?.types.includes('Files') === true);
    };
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = async (event: DragEvent) => {
      event.preventDefault();
      setOver(false);
      if (event.dataTransfer === null || progress.peek() !== undefined) return;
      const { files, folder } = await droppedFiles(event.dataTransfer);
      await choose(files, folder);
    };
    addEventListener('dragover', over);
    addEventListener('dragleave', leave);
    addEventListener('drop', drop);
    return () => {
      removeEventListener('dragover', over);
      removeEventListener('dragleave', leave);
      removeEventListener('drop', drop);
    };
  }, []);
  return isOver;
}

function NotesField() {
  return (
    <label class="field">
      <span>
        Notes <span class="soft">(optional)</span>
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
