import { useState } from 'preact/hooks';
import type { AccountAnswer } from '../../../http/accounts/schema.ts';
import { CommandDialog } from '../../components/command-dialog.tsx';
import { CheckboxField, TextField } from '../../components/fields.tsx';
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
  const command = useCommand();
  const reset = () =>
    command.run(async () => {
      const path = withSegments('/paper/account', account.model_id, 'reset');
      await sendJson('POST', `${path}?keep_history=${!hidesHistory}`, { initial_balance: Number(balance) });
      toast('Account reset.');
      onReset();
      onClose();
    });
  return (
    <CommandDialog
      title={`Reset ${account.model_id}`}
      action="Reset account"
      isDanger
      {...{ command, onClose }}
      onSubmit={() => void reset()}
    >
      <p>
        All open lots are closed at the last price. The account starts again with a new balance, a new equity
        curve and new statistics. This cannot be undone.
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
    </CommandDialog>
  );
}
