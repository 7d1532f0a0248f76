import { useRef } from 'preact/hooks';
import { Button } from '../../components/button.tsx';
import { bytes } from '../../format/numbers.ts';
import { chosen, place, progress, sizeProblem } from './upload.ts';
import type { UploadPart } from './upload-parts.ts';

interface PartRowProps {
  readonly part: UploadPart;
  readonly largest: number | undefined;
}

/** One file of an upload: what it is for, which one was chosen, and another one instead. */
export function PartRow({ part: { name, label, endings, isRequired, without }, largest }: PartRowProps) {
  const input = useRef<HTMLInputElement>(null);
  const file = chosen.value[name];
  const problem = file && sizeProblem(file, largest);
  const isBusy = progress.value !== undefined;
  return (
    <li class={file === undefined ? 'upload-part' : 'upload-part upload-part-chosen'}>
      <span class="upload-mark" aria-hidden="true">
        {file === undefined ? '' : problem === undefined ? '✓' : '✕'}
      </span>
      <span class="upload-part-name">
        <b>{label}</b>{' '}
        <span class="soft small">
          {endings[0]}
          {!isRequired && ', optional'}
        </span>
      </span>
      <span class="upload-file foreign">
        {file === undefined ? (
          <span class="soft">{without}</span>
        ) : (
          <>
            {file.name} <span class="soft">{bytes(file.size)}</span>
            {problem !== undefined && <span class="field-error"> {problem}</span>}
          </>
        )}
      </span>
      <span class="actions">
        <input
          ref={input}
          class="visually-hidden"
          type="file"
          tabIndex={-1}
          accept={endings.join(',')}
          aria-label={`File of the ${label.toLowerCase()}`}
          disabled={isBusy}
          onChange={({ currentTarget }) => {
            const [picked] = currentTarget.files ?? [];
            if (picked !== undefined) place(name, picked);
            currentTarget.value = '';
          }}
        />
        <Button
          size="small"
          label={`${file === undefined ? 'Choose' : 'Replace'} the ${label.toLowerCase()}`}
          disabled={isBusy}
          onClick={() => input.current?.click()}
        >
          {file === undefined ? 'Choose' : 'Replace'}
        </Button>
        {file !== undefined && (
          <Button
            size="small"
            kind="quiet"
            label={`Remove the ${label.toLowerCase()}`}
            disabled={isBusy}
            onClick={() => place(name, undefined)}
          >
            Remove
          </Button>
        )}
      </span>
    </li>
  );
}
