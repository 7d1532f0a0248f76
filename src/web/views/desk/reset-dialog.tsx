import { useState } from 'preact/hooks';
import type { AccountAnswer } from '../../../http/accounts/schema.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { CheckboxField, TextField } from '../../components/fields.tsx';
import { Form } from '../../components/form.tsx';
import { ErrorNotice } from '../../components/messages.tsx';
import { sendJson } from '../../data/api.ts';
import { toast } from '../../data/toasts.ts';
import { withSegments } from '../../data/urls.ts';
import { useCommand } from '../../data/use-command.ts';

interface ResetDialogProps {
  readonly account: AccountAnswer;
  readonly onClose: () => void;
  readonly onReset: () => void;
}

/** Resets an account (paper.md#39). */
export function ResetDialog({ account, onClose, onReset }: ResetDialogProps) {
  const [balance, setBalance] = useState(String(account.initial_balance));
  const [hidesHistory, setHidesHistory] = useState(false);
  const { isBusy, error, run } = useCommand();
  const reset = () =>
    run(async () => {
      const path = withSegments('/paper/account', account.model_id, 'reset');
      await sendJson('POST', `${path}?keep_history=${!hidesHistory}`, { initial_balance: Number(balance) });
      toast('Account reset.');
      onReset();
      onClose();
    });
  return (
    <Dialog title={`Reset ${account.model_id}`} onClose={onClose}>
      <Form class="dialog-form" onSubmit={() => void reset()}>
        <p>
          All open lots are closed at the last price. The account starts again with a new balance, a new
          equity curve and new statistics. This cannot be undone.
        </p>
        <TextField
          label="Initial balance, USDT"
          type="number"
          min={1}
          max={10_000_000}
          step="any"
          required
          value={balance}
          onInput={setBalance}
        />
        <CheckboxField
          label="Hide previous trades, ledger and decisions"
          checked={hidesHistory}
          onChange={setHidesHistory}
        />
        <p class="small muted">Hidden rows stay in the database, but are no longer listed.</p>
        <ErrorNotice error={error} />
        <div class="row">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="danger" isBusy={isBusy}>
            Reset account
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}
