import { Badge } from '../../../components/badge.tsx';
import { Button } from '../../../components/button.tsx';
import { SelectField, TextField } from '../../../components/fields.tsx';
import { Form } from '../../../components/form.tsx';
import { ErrorNotice, Notice } from '../../../components/messages.tsx';
import { packages } from '../../../data/packages.ts';
import { PartRow } from './part-row.tsx';
import { UPLOAD_PARTS } from './parts.ts';
import { whyNotReady } from './readiness.ts';
import type { Upload } from './upload.ts';
import { dismiss } from './uploads.ts';

interface UploadFormProps {
  readonly upload: Upload;
  /** Maximum size of a file; undefined while it is not known. */
  readonly maxBytes: number | undefined;
}

/** The files and the name of an upload before it is sent, and after it was refused. */
export function UploadForm({ upload, maxBytes }: UploadFormProps) {
  const { name, notes, error, rejected } = upload;
  const problem = whyNotReady(upload, maxBytes);
  const isRefused = error.value !== undefined;
  return (
    <article
      class={isRefused ? 'upload-card upload-card-wide upload-card-refused' : 'upload-card upload-card-wide'}
      aria-label={`Upload of ${name.value.trim() || 'a package'}`}
    >
      <header>
        <h2 class="user-text">{name.value.trim() || 'New package'}</h2>
        {isRefused && <Badge tone="bad">Refused</Badge>}
      </header>
      <ErrorNotice error={error.value} />
      {isRefused && (
        <>
          <p class="muted small">
            Nothing was stored. Replace the file, or change what the sentence names, and upload again.
          </p>
          <PackageNeeds />
        </>
      )}
      {rejected.value.length > 0 && (
        <Notice tone="warn">
          {rejected.value.map((sentence) => (
            <p key={sentence}>{sentence}</p>
          ))}
        </Notice>
      )}
      <Form class="upload-form" onSubmit={() => problem === undefined && void upload.send()}>
        <ul class="upload-parts">
          {UPLOAD_PARTS.map((part) => (
            <PartRow key={part.name} upload={upload} part={part} maxBytes={maxBytes} />
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
          <VersionField upload={upload} />
          <NotesField notes={notes} />
          <div class="row upload-actions">
            <Button type="submit" kind="primary" disabled={problem !== undefined}>
              Upload
            </Button>
            <Button onClick={() => dismiss(upload)}>{isRefused ? 'Dismiss' : 'Clear'}</Button>
            {problem !== undefined && (
              <span class="muted" role="status">
                {problem}
              </span>
            )}
          </div>
        </div>
      </Form>
    </article>
  );
}

/** The files of a package, for who has to make another one. */
function PackageNeeds() {
  return (
    <details class="small">
      <summary>What a package needs</summary>
      <dl class="package-needs">
        {UPLOAD_PARTS.map(({ name, label, extensions, isRequired, hint }) => (
          <div key={name}>
            <dt>{`${label} (${extensions.join(', ')})${isRequired ? ', required' : ''}`}</dt>
            <dd>{hint}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

/** Whether it is the next version of a package that is there already. */
function VersionField({ upload: { versionOf } }: Pick<UploadFormProps, 'upload'>) {
  const all = packages.data.value ?? [];
  const firsts = all.filter(({ version_of, status }) => version_of === null && status !== 'ARCHIVED');
  if (firsts.length === 0) return null;
  return (
    <SelectField
      label="Is"
      value={versionOf.value}
      options={[
        ['', 'a package of its own'],
        ...firsts.map(
          ({ id, name }) => [id, `a new version of ${name}${name === id ? '' : ` (${id})`}`] as const,
        ),
      ]}
      onChange={(value) => {
        versionOf.value = value;
      }}
    />
  );
}

function NotesField({ notes }: Pick<Upload, 'notes'>) {
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
