import { useRef } from 'preact/hooks';
import { Button } from '../../components/button.tsx';
import { bytes } from '../../format/numbers.ts';
import { progress, selectedFiles, setFile, sizeProblem } from './upload.ts';
import type { UploadPart } from './upload-parts.ts';

interface UploadPartRowProps {
  readonly part: UploadPart;
  /** Maximum size of a file. */
  readonly maxBytes: number | undefined;
}

/** One part of an upload: its file, and buttons to choose, replace or remove it. */
export function UploadPartRow({ part, maxBytes }: UploadPartRowProps) {
  const { name, label, extensions, isRequired, hint } = part;
  const input = useRef<HTMLInputElement>(null);
  const file = selectedFiles.value[name];
  const problem = file && sizeProblem(file, maxBytes);
  const isBusy = progress.value !== undefined;
  const lowerLabel = label.toLowerCase();
  const chooseLabel = file === undefined ? 'Choose' : 'Replace';
  return (
    <li class="upload-part">
      <span class="upload-mark" aria-hidden="true">
        {file === undefined ? '' : problem === undefined ? '✓' : '✕'}
      </span>
      <span>
        <b>{label}</b>{' '}
        <span class="muted small">
          {extensions[0]}
          {!isRequired && ', optional'}
        </span>
      </span>
      <span class="upload-file user-text">
        {file === undefined ? (
          <span class="muted">{hint}</span>
        ) : (
          <>
            {file.name} <span class="muted">{bytes(file.size)}</span>
            {problem !== undefined && <span class="field-error"> {problem}</span>}
          </>
        )}
      </span>
      <span class="row">
        <input
          ref={input}
          class="visually-hidden"
          type="file"
          tabIndex={-1}
          accept={extensions.join(',')}
          aria-label={`File of the ${lowerLabel}`}
          disabled={isBusy}
          onChange={({ currentTarget }) => {
            const [picked] = currentTarget.files ?? [];
            if (picked !== undefined) setFile(name, picked);
            currentTarget.value = '';
          }}
        />
        <Button
          size="small"
          label={`${chooseLabel} the ${lowerLabel}`}
          disabled={isBusy}
          onClick={() => input.current?.click()}
        >
          {chooseLabel}
        </Button>
        {file !== undefined && (
          <Button
            size="small"
            kind="quiet"
            label={`Remove the ${lowerLabel}`}
            disabled={isBusy}
            onClick={() => setFile(name, undefined)}
          >
            Remove
          </Button>
        )}
      </span>
    </li>
  );
}
