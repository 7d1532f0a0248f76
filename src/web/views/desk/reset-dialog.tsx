import { useState } from 'preact/hooks';
import type { PaperAccountAnswer } from '../../../http/accounts/schema.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { CheckField, TextField } from '../../components/fields.tsx';
import { ErrorNote } from '../../components/notes.tsx';
import { sendJson } from '../../data/api.ts';
import { toast } from '../../data/toasts.ts';
import { useSubmit } from '../../data/use-submit.ts';

interface ResetDialogProps {
  readonly account: PaperAccountAnswer;
  readonly onClose: () => void;
  readonly onReset: () => void;
}

/** Begins anew with a fresh balance, once somebody agreed to what that means. */
export function ResetDialog({ account, onClose, onReset }: ResetDialogProps) {
  const [balance, setBalance] = useState(String(account.initial_balance));
  const [hides, setHides] = useState(false);
  const { isBusy, error, run } = useSubmit();
  const reset = () =>
    void run(async () => {
      await sendJson('POST', `/paper/account/${account.model_id}/reset?keep_history=${!hides}`, {
        initial_balance: Number(balance),
      });
      toast('The account begins anew.');
      onReset();
      onClose();
    });
  return (
    <Dialog title={`Reset ${account.model_id}`} onClose={onClose}>
      <form
        class="desk-form"
        onSubmit={(event) => {
          event.preventDefault();
          reset();
        }}
      >
        <p>
          All open lots are closed at the last price, and the account begins anew with a fresh balance. Equity
          curve and statistics start again; this cannot be undone.
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
        <CheckField label="Hide trades, ledger and decisions so far" checked={hides} onChange={setHides} />
        <p class="small soft">Hidden rows are kept in the store, but no list shows them any more.</p>
        {error !== undefined && <ErrorNote error={error} />}
        <div class="actions">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="danger" isBusy={isBusy}>
            Reset account
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
