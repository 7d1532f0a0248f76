import { useState } from 'preact/hooks';
import { Button } from '../../components/button.tsx';
import { CheckboxField, TextField } from '../../components/fields.tsx';
import { Form } from '../../components/form.tsx';
import { ErrorNotice, Notice } from '../../components/messages.tsx';
import { Panel } from '../../components/panel.tsx';
import { logIn } from '../../data/access.ts';
import { useCommand } from '../../data/use-command.ts';

/** Replaces every view until the user logs in. The address stays, so that the view follows the log-in. */
export function LogIn() {
  const [password, setPassword] = useState('');
  const [staysLoggedIn, setStaysLoggedIn] = useState(true);
  const { isBusy, error, run } = useCommand();
  const isWrong = error?.code === 'PASSWORD_MISMATCH';
  return (
    <div class="login-page">
      <h1 class="visually-hidden">Log in</h1>
      <Panel title="Log in">
        <Form class="form" onSubmit={() => void run(() => logIn(password, staysLoggedIn))}>
          <TextField
            label="Password"
            type="password"
            value={password}
            onInput={setPassword}
            autoComplete="current-password"
            hasFocus
            required
          />
          <CheckboxField
            label="Stay logged in on this device"
            checked={staysLoggedIn}
            onChange={setStaysLoggedIn}
          />
          {isWrong ? <Notice tone="bad">Wrong password.</Notice> : <ErrorNotice error={error} />}
          <Button kind="primary" type="submit" isBusy={isBusy}>
            Log in
          </Button>
        </Form>
        <p class="small muted">
          Forgot it? Stop the service on its machine and run <code>paperdesk start --set-password</code>.
        </p>
      </Panel>
    </div>
  );
}
