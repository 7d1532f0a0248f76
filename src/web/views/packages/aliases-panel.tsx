import { useState } from 'preact/hooks';
import type { ModelPackageAnswer } from '../../../http/packages/schema.ts';
import { AliasChips } from '../../components/alias-chips.tsx';
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

interface AliasesPanelProps {
  readonly one: ModelPackageAnswer;
}

/** Names that mean this package in URLs and loops, and a form that moves one here at once for all of them. */
export function AliasesPanel({ one }: AliasesPanelProps) {
  const { aliases, id, status } = one;
  const { isBusy, error, run } = useCommand();
  const [text, setText] = useState('');
  const alias = text.trim().replace(/^@/, '');
  const holder = packages.data.value?.find((other) => other.aliases.includes(alias));
  const move = () =>
    run(
      async () => {
        // Only if it still means what was shown: another client may have moved it.
        const body = { model_id: id, expected: holder?.id ?? null };
        await sendJson('PUT', withSegments('/model-packages/aliases', alias), body);
        toast(`@${alias} means ${one.name} now.`);
        setText('');
        packages.reload();
      },
      holder === undefined
        ? undefined
        : {
            title: `Move @${alias}?`,
            detail: `It means ${holder.name} (${holder.id}) now. URLs and loops that use it follow at once.`,
            action: 'Move alias',
          },
    );
  const remove = (name: string) =>
    run(
      async () => {
        await sendJson('DELETE', withSegments('/model-packages/aliases', name));
        packages.reload();
      },
      {
        title: `Remove @${name}?`,
        detail: 'Requests with this alias are refused from then on. The package stays.',
        action: 'Remove alias',
        isDanger: true,
      },
    );
  return (
    <Panel title="Aliases">
      {aliases.length === 0 ? (
        <p class="muted">
          An alias such as <code>@champion</code> stands for the id in URLs and loops, and can be moved to
          another package.
        </p>
      ) : (
        <ul class="alias-list">
          {aliases.map((name) => (
            <li key={name} class="row spread">
              <span class="row">
                <AliasChips aliases={[name]} />
                <code class="user-text">{`model_id=paper_@${name}`}</code>
              </span>
              <Button size="small" kind="quiet" label={`Remove @${name}`} onClick={() => void remove(name)}>
                Remove
              </Button>
            </li>
          ))}
        </ul>
      )}
      <ErrorNotice error={error} />
      {status !== 'ARCHIVED' && (
        <Form class="alias-form" onSubmit={() => alias !== '' && holder?.id !== id && void move()}>
          <TextField
            label="Alias"
            value={text}
            onInput={setText}
            maxLength={33}
            autoComplete="off"
            placeholder="champion"
            hint={aliasHint(holder, id)}
          />
          <Button type="submit" isBusy={isBusy} disabled={alias === '' || holder?.id === id}>
            {holder === undefined || holder.id === id ? 'Add alias' : 'Move here'}
          </Button>
        </Form>
      )}
    </Panel>
  );
}

function aliasHint(holder: ModelPackageAnswer | undefined, id: string): string {
  if (holder === undefined) return 'Lower case letters, digits, “-”, “_” and “.”.';
  return holder.id === id ? 'It means this package already.' : `It means ${holder.name} (${holder.id}) now.`;
}
