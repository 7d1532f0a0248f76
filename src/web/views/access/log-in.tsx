import { useState } from 'preact/hooks';
import { Button } from '../../components/button.tsx';
import { CheckField, TextField } from '../../components/fields.tsx';
import { ErrorNote, Note } from '../../components/notes.tsx';
import { Panel } from '../../components/panel.tsx';
import { logIn } from '../../data/access.ts';
import { useSubmit } from '../../data/use-submit.ts';

/** Stands in place of any view while nobody is logged in; the address stays, so that the view is there afterwards. */
export function LogIn() {
  const [password, setPassword] = useState('');
  const [isKept, setKept] = useState(true);
  const { isBusy, error, run } = useSubmit();
  return (
    <div class="entrance">
      <h1 class="visually-hidden">Log in</h1>
      <Panel title="Log in">
        <form
          class="form"
          onSubmit={(event) => {
            event.preventDefault();
            void run(() => logIn(password, isKept));
          }}
        >
          <TextField
            label="Password"
            type="password"
            value={password}
            onInput={setPassword}
            autoComplete="current-password"
            required
          />
          <CheckField label="Stay logged in on this device" checked={isKept} onChange={setKept} />
          {error?.code === 'PASSWORD_MISMATCH' && <Note tone="bad">That is not the password.</Note>}
          {error !== undefined && error.code !== 'PASSWORD_MISMATCH' && <ErrorNote error={error} />}
          <Button kind="primary" type="submit" isBusy={isBusy}>
            Log in
          </Button>
        </form>
        <p class="small soft">
          Forgotten? On the machine of the service, stop it and run <code>npm start -- --set-password</code>.
        </p>
      </Panel>
    </div>
  );
}
