import { useEffect, useRef, useState } from 'preact/hooks';
import { Button } from '../../../components/button.tsx';
import { toast } from '../../../data/toasts.ts';
import { bytes } from '../../../format/numbers.ts';
import { droppedFiles } from './dropped-files.ts';
import { addFiles } from './uploads.ts';

interface DropZoneProps {
  /** Maximum size of a file; undefined while it is not known. */
  readonly maxBytes: number | undefined;
}

/** Takes files by drag and drop or a file chooser. Each pair becomes an upload of its own. */
export function DropZone({ maxBytes }: DropZoneProps) {
  const input = useRef<HTMLInputElement>(null);
  const isDragging = useFileDrop();
  return (
    <div class={isDragging ? 'row spread drop-zone drop-zone-active' : 'row spread drop-zone'}>
      <p>
        <b>Drop a pair here</b>{' '}
        <span class="muted">
          .pt and .zip, or folders; scaler, manifest, VecNormalize and proof if you have them
          {maxBytes !== undefined && `; up to ${bytes(maxBytes)} per file`}
        </span>
      </p>
      <input
        ref={input}
        class="visually-hidden"
        type="file"
        multiple
        tabIndex={-1}
        aria-label="Files of a package"
        onChange={async ({ currentTarget }) => {
          await addFiles([...(currentTarget.files ?? [])]);
          currentTarget.value = '';
        }}
      />
      <Button kind="primary" onClick={() => input.current?.click()}>
        Choose files
      </Button>
    </div>
  );
}

/**
 * Adds files that are dropped anywhere on the page, because the browser would open files that miss a smaller target;
 * returns whether files are being dragged over it.
 */
function useFileDrop(): boolean {
  const [isDragging, setDragging] = useState(false);
  useEffect(() => {
    const onDragOver = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setDragging(true);
    };
    const onDragLeave = (event: DragEvent) => {
      if (event.relatedTarget === null) setDragging(false);
    };
    const onDrop = (event: DragEvent) => {
      // Text is dropped into fields.
      if (!hasFiles(event)) return;
      event.preventDefault();
      setDragging(false);
      void addDropped(event.dataTransfer!);
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

function hasFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes('Files') === true;
}

async function addDropped(transfer: DataTransfer): Promise<void> {
  try {
    for (const { files, folder } of await droppedFiles(transfer)) await addFiles(files, folder);
  } catch (error) {
    toast(`The files could not be read: ${(error as Error).message}`, 'bad');
  }
}
