import { useState } from 'preact/hooks';
import type { NewServiceTokenAnswer } from '../../../http/auth/schema.ts';
import { Button } from '../../components/button.tsx';
import { SelectField, TextField } from '../../components/fields.tsx';
import { Form } from '../../components/form.tsx';
import { ErrorNotice } from '../../components/messages.tsx';
import { sendJson } from '../../data/api.ts';
import { copyText } from '../../data/copy-text.ts';
import { useCommand } from '../../data/use-command.ts';

const LIFETIMES = [
  ['', 'until it is revoked'],
  ['30', '30 days'],
  ['90', '90 days'],
  ['365', '1 year'],
] as const;

/** Makes a service token, and shows it this once. */
export function NewServiceToken({ onMade }: { readonly onMade: () => void }) {
  const { isBusy, error, run } = useCommand();
  const [name, setName] = useState('');
  const [days, setDays] = useState('');
  const [made, setMade] = useState<NewServiceTokenAnswer>();
  const make = () =>
    run(async () => {
      const body = { name, expires_in_days: days === '' ? null : Number(days) };
      setMade(await sendJson<NewServiceTokenAnswer>('POST', '/api/auth/tokens', body));
      setName('');
      onMade();
    });
  if (made !== undefined) return <MadeToken made={made} onDone={() => setMade(undefined)} />;
  return (
    <Form class="token-form" onSubmit={() => void make()}>
      <TextField
        label="Name of a new token"
        value={name}
        onInput={setName}
        required
        maxLength={100}
        autoComplete="off"
        placeholder="loop on desk-2"
      />
      <SelectField label="Valid" value={days} options={LIFETIMES} onChange={setDays} />
      <Button type="submit" isBusy={isBusy} disabled={name.trim() === ''}>
        Make token
      </Button>
      <ErrorNotice error={error} />
    </Form>
  );
}

interface MadeTokenProps {
  readonly made: NewServiceTokenAnswer;
  readonly onDone: () => void;
}

function MadeToken({ made: { name, token }, onDone }: MadeTokenProps) {
  return (
    <div class="notice tone-warn made-token" role="status">
      <span aria-hidden="true">!</span>
      <div>
        <p class="user-text">
          <b>{name}</b>: copy the token now, it is not shown again. A loop reads it from{' '}
          <code>PAPERDESK_TOKEN</code>.
        </p>
        <code class="user-text">{token}</code>
        <p class="row">
          <Button
            size="small"
            kind="primary"
            onClick={() => void copyText(token, 'paperdesk-token.txt', 'text/plain')}
          >
            Copy
          </Button>
          <Button size="small" onClick={onDone}>
            Done
          </Button>
        </p>
      </div>
    </div>
  );
}
