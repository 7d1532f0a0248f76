import { useRef } from 'preact/hooks';
import { Button } from '../../../components/button.tsx';
import { bytes } from '../../../format/numbers.ts';
import type { UploadPart } from './parts.ts';
import { sizeProblem } from './readiness.ts';
import { refusedPart } from './refused-part.ts';
import type { Upload } from './upload.ts';

interface PartRowProps {
  readonly upload: Upload;
  readonly part: UploadPart;
  /** Maximum size of a file. */
  readonly maxBytes: number | undefined;
}

/** One part of an upload: its file, and buttons to choose, replace or remove it. */
export function PartRow({ upload, part, maxBytes }: PartRowProps) {
  const { name, label, extensions, isRequired, hint } = part;
  const input = useRef<HTMLInputElement>(null);
  const file = upload.files.value[name];
  const problem = file && sizeProblem(file, maxBytes);
  const isRefused = file !== undefined && refusedPart(upload.error.value) === name;
  const lowerLabel = label.toLowerCase();
  const chooseLabel = file === undefined ? 'Choose' : 'Replace';
  return (
    <li class="upload-part">
      <PartMark isChosen={file !== undefined} isWrong={isRefused || problem !== undefined} />
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
            {isRefused && <span class="field-error"> refused</span>}
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
          onChange={({ currentTarget }) => {
            const [picked] = currentTarget.files ?? [];
            if (picked !== undefined) upload.setFile(name, picked);
            currentTarget.value = '';
          }}
        />
        <Button
          size="small"
          label={`${chooseLabel} the ${lowerLabel}`}
          onClick={() => input.current?.click()}
        >
          {chooseLabel}
        </Button>
        {file !== undefined && (
          <Button
            size="small"
            kind="quiet"
            label={`Remove the ${lowerLabel}`}
            onClick={() => upload.setFile(name, undefined)}
          >
            Remove
          </Button>
        )}
      </span>
    </li>
  );
}

interface PartMarkProps {
  readonly isChosen: boolean;
  readonly isWrong: boolean;
}

/** A chosen file has a dot: whether it is right is known only when the service has checked it. */
function PartMark({ isChosen, isWrong }: PartMarkProps) {
  return (
    <span class={isWrong ? 'upload-mark upload-mark-wrong' : 'upload-mark'} aria-hidden="true">
      {isWrong ? '✕' : isChosen ? '•' : ''}
    </span>
  );
}
