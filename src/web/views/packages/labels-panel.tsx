import { useState } from 'preact/hooks';
import type { ModelPackageAnswer } from '../../../http/packages/schema.ts';
import { Button } from '../../components/button.tsx';
import { TextField } from '../../components/fields.tsx';
import { Form } from '../../components/form.tsx';
import { ErrorNotice } from '../../components/messages.tsx';
import { Panel } from '../../components/panel.tsx';
import { sendJson } from '../../data/api.ts';
import { packages } from '../../data/packages.ts';
import { toast } from '../../data/toasts.ts';
import { withSegments } from '../../data/urls.ts';
import { useCommand } from '../../data/use-command.ts';
import { tagsOfText } from './tags.ts';

interface LabelsPanelProps {
  readonly one: ModelPackageAnswer;
}

/** Notes and tags of a package, and a form that changes them and the name. The id stays. */
export function LabelsPanel({ one }: LabelsPanelProps) {
  const [isEditing, setEditing] = useState(false);
  const { notes, tags } = one;
  return (
    <Panel
      title="Notes and tags"
      actions={
        !isEditing && (
          <Button size="small" label="Edit name, notes and tags" onClick={() => setEditing(true)}>
            Edit
          </Button>
        )
      }
    >
      {isEditing ? (
        <LabelsForm one={one} onDone={() => setEditing(false)} />
      ) : (
        <>
          {tags.length > 0 && (
            <p class="row">
              {tags.map((tag) => (
                <span key={tag} class="badge user-text">{`#${tag}`}</span>
              ))}
            </p>
          )}
          {notes !== null && <p class="user-text package-notes">{notes}</p>}
          {tags.length === 0 && notes === null && (
            <p class="muted">Nothing is noted. Tags filter the list of packages.</p>
          )}
        </>
      )}
    </Panel>
  );
}

function LabelsForm({ one, onDone }: LabelsPanelProps & { readonly onDone: () => void }) {
  const { isBusy, error, run } = useCommand();
  const [name, setName] = useState(one.name);
  const [tags, setTags] = useState(one.tags.join(', '));
  const [notes, setNotes] = useState(one.notes ?? '');
  const save = () =>
    run(async () => {
      const body = { name, tags: tagsOfText(tags), notes: notes.trim() === '' ? null : notes };
      await sendJson('PATCH', withSegments('/model-packages', one.id), body);
      toast('Saved.');
      packages.reload();
      onDone();
    });
  return (
    <Form class="form labels-form" onSubmit={() => void save()}>
      <TextField label="Name" value={name} onInput={setName} required maxLength={200} autoComplete="off" />
      <TextField
        label="Tags"
        value={tags}
        onInput={setTags}
        autoComplete="off"
        hint="Separated by commas, 20 at most."
      />
      <label class="field">
        <span>Notes</span>
        <textarea
          class="input"
          rows={4}
          maxLength={10_000}
          value={notes}
          onInput={({ currentTarget }) => setNotes(currentTarget.value)}
        />
      </label>
      <ErrorNotice error={error} />
      <div class="row">
        <Button type="submit" kind="primary" isBusy={isBusy}>
          Save
        </Button>
        <Button onClick={onDone}>Cancel</Button>
      </div>
    </Form>
  );
}
