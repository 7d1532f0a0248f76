import { useState } from 'preact/hooks';
import { Button } from '../../components/button.tsx';
import { CheckField, TextField } from '../../components/fields.tsx';
import { ErrorNote, Note } from '../../components/notes.tsx';
import { Panel } from '../../components/panel.tsx';
import { setFirstPassword } from '../../data/access.ts';
import { toast } from '../../data/toasts.ts';
import { useSubmit } from '../../data/use-submit.ts';

const SHORT = 12;

/** Sets the password where there is none. */
export function FirstPassword() {
  const [password, setPassword] = useState('');
  const [repeated, setRepeated] = useState('');
  const [isKept, setKept] = useState(true);
  const { isBusy, error, run } = useSubmit();
  const differs = repeated !== '' && repeated !== password;
  return (
    <Panel title="Set a password">
      <Note tone="info">
        <p>
          No password is set: whoever can open this page on this machine can use it, and the service listens
          on this machine only. Factor models need a password.
        </p>
      </Note>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (password !== repeated) return;
          void run(async () => {
            await setFirstPassword(password, isKept);
            toast('The password is set, and you are logged in.');
          });
        }}
      >
        <TextField
          label="New password"
          type="password"
          value={password}
          onInput={setPassword}
          autoComplete="new-password"
          maxLength={1024}
          hint={
            password !== '' && password.length < SHORT
              ? `Short; ${SHORT} characters or more are better.`
              : 'It can be changed on the machine of the service only.'
          }
          required
        />
        <TextField
          label="The same again"
          type="password"
          value={repeated}
          onInput={setRepeated}
          autoComplete="new-password"
          maxLength={1024}
          error={differs ? 'The two are not the same.' : undefined}
          required
        />
        <CheckField label="Stay logged in on this device" checked={isKept} onChange={setKept} />
        {error !== undefined && <ErrorNote error={error} />}
        <div class="actions">
          <Button
            kind="primary"
            type="submit"
            isBusy={isBusy}
            disabled={password === '' || password !== repeated}
          >
            Set password
          </Button>
        </div>
      </form>
    </Panel>
  );
}
