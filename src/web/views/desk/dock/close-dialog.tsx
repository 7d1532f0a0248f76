import { useRef, useState } from 'preact/hooks';
import type { DashboardAnswer } from '../../../../http/dashboard/schema.ts';
import type { PositionAnswer } from '../../../../http/positions/schema.ts';
import { Button } from '../../../components/button.tsx';
import { Dialog } from '../../../components/dialog.tsx';
import { SelectField, TextField } from '../../../components/fields.tsx';
import { Form } from '../../../components/form.tsx';
import { ErrorNotice } from '../../../components/messages.tsx';
import { toast } from '../../../data/toasts.ts';
import { useCommand } from '../../../data/use-command.ts';
import { counted, price as formatPrice, usdt } from '../../../format/numbers.ts';
import { randomKey } from '../random-key.ts';
import { closeLot, closeLots, MAX_REASON, resultText } from './lot-actions.ts';

interface CloseDialogProps {
  /** One lot, of which a part can be closed, or all lots. */
  readonly lots: readonly PositionAnswer[];
  readonly dashboard: DashboardAnswer;
  readonly price: number | undefined;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

const SHARES = [
  ['1', 'All of it'],
  ['0.5', 'Half'],
  ['0.25', 'A quarter'],
] as const;

/** Asks before lots are closed, with the number in the question. */
export function CloseDialog({ lots, dashboard, price, onClose, onDone }: CloseDialogProps) {
  const [lot] = lots;
  const isAll = lots.length !== 1;
  const [share, setShare] = useState('1');
  const [reason, setReason] = useState('');
  const { isBusy, error, run } = useCommand();
  // One dialog closes once, even if it is submitted again after a lost response.
  const key = useRef(randomKey());
  const at = price === undefined ? 'the newest price' : `about ${formatPrice(price)}`;
  const submit = () =>
    run(async () => {
      const closed =
        isAll || lot === undefined
          ? await closeLots(
              dashboard.account.model_id,
              lots.map(({ id }) => id),
              reason,
            )
          : await closeLot(lot.id, Number(share), { reason, idempotencyKey: key.current });
      toast(resultText(closed));
      onDone();
      onClose();
    });
  const title =
    isAll || lot === undefined
      ? `Close ${counted(lots.length, 'lot')} at ${at}?`
      : `Close the ${lot.side.toLowerCase()} lot at ${at}?`;
  return (
    <Dialog title={title} onClose={onClose}>
      <Form class="dialog-form" onSubmit={() => void submit()}>
        <p>
          {usdt(lots.reduce((sum, { size_usdt }) => sum + size_usdt, 0))} USDT. It closes at the newest price,
          with slippage and fee.
        </p>
        {!isAll && <SelectField label="How much" value={share} onChange={setShare} options={SHARES} />}
        <TextField
          label="Reason"
          value={reason}
          onInput={setReason}
          maxLength={MAX_REASON}
          hint="Stands in the ledger; may be empty"
        />
        <ErrorNotice error={error} />
        <div class="row">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="danger" isBusy={isBusy}>
            {isAll ? `Close ${counted(lots.length, 'lot')}` : share === '1' ? 'Close lot' : 'Close a part'}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}
