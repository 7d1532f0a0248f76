import { useState } from 'preact/hooks';
import { Button } from '../../components/button.tsx';
import { CheckboxField, TextField } from '../../components/fields.tsx';
import { Form } from '../../components/form.tsx';
import { ErrorNotice, Notice } from '../../components/messages.tsx';
import { Panel } from '../../components/panel.tsx';
import { setFirstPassword } from '../../data/access.ts';
import { toast } from '../../data/toasts.ts';
import { useCommand } from '../../data/use-command.ts';
import { counted } from '../../format/numbers.ts';
import { MIN_PASSWORD_LENGTH } from '../../service-rules.ts';

/** Sets the first password. */
export function FirstPassword() {
  const [password, setPassword] = useState('');
  const [repeated, setRepeated] = useState('');
  const [staysLoggedIn, setStaysLoggedIn] = useState(true);
  const { isBusy, error, run } = useCommand();
  const isRepeated = repeated === password;
  // Counted as the service counts them.
  const length = [...password.normalize('NFKC')].length;
  const isLongEnough = length >= MIN_PASSWORD_LENGTH;
  const field = { type: 'password', autoComplete: 'new-password', maxLength: 1024, required: true } as const;
  const submit = () => {
    if (!isRepeated || !isLongEnough) return;
    void run(async () => {
      await setFirstPassword(password, staysLoggedIn);
      toast('Password set. You are logged in.');
    });
  };
  return (
    <Panel title="Set a password">
      <Notice tone="info">
        <p>
          No password is set. Everyone on this machine can use this page; the service does not listen on the
          network. Factor models require a password.
        </p>
      </Notice>
      <Form class="form" onSubmit={submit}>
        <TextField
          {...field}
          label="New password"
          value={password}
          onInput={setPassword}
          hasFocus
          hint={`At least ${MIN_PASSWORD_LENGTH} characters, because everyone who reaches this page can try; a few words are easy to remember. It can only be changed on the machine that runs the service.`}
          error={
            password !== '' && !isLongEnough
              ? `${counted(length, 'character')} of ${MIN_PASSWORD_LENGTH}: shorter ones can be guessed.`
              : undefined
          }
        />
        <TextField
          {...field}
          label="Repeat password"
          value={repeated}
          onInput={setRepeated}
          error={repeated !== '' && !isRepeated ? 'The passwords do not match.' : undefined}
        />
        <CheckboxField
          label="Stay logged in on this device"
          checked={staysLoggedIn}
          onChange={setStaysLoggedIn}
        />
        <ErrorNotice error={error} />
        <div class="row">
          <Button kind="primary" type="submit" isBusy={isBusy} disabled={!isLongEnough || !isRepeated}>
            Set password
          </Button>
        </div>
      </Form>
    </Panel>
  );
}
