import { useEffect, useRef, useState } from 'preact/hooks';
import { Button } from '../../../components/button.tsx';
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
      event.preventDefault();
      setDragging(event.dataTransfer?.types.includes('Files') === true);
    };
    const onDragLeave = (event: DragEvent) => {
      if (event.relatedTarget === null) setDragging(false);
    };
    const onDrop = async (event: DragEvent) => {
      event.preventDefault();
      setDragging(false);
      if (event.dataTransfer === null) return;
      for (const { files, folder } of await droppedFiles(event.dataTransfer)) await addFiles(files, folder);
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
