import { useRef, useState } from 'preact/hooks';
import type { DashboardAnswer } from '../../../../http/dashboard/schema.ts';
import type { PositionAnswer } from '../../../../http/positions/schema.ts';
import { CommandDialog } from '../../../components/command-dialog.tsx';
import { SelectField } from '../../../components/fields.tsx';
import { toast } from '../../../data/toasts.ts';
import { useCommand } from '../../../data/use-command.ts';
import { counted, price as formatPrice, usdt } from '../../../format/numbers.ts';
import { randomKey } from '../random-key.ts';
import { closeLot, closeLots, resultText } from './lot-actions.ts';
import { ReasonField } from './reason-field.tsx';

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
  const command = useCommand();
  // One dialog closes once, even if it is submitted again after a lost response.
  const key = useRef(randomKey());
  const at = price === undefined ? 'the newest price' : `about ${formatPrice(price)}`;
  const submit = () =>
    command.run(async () => {
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
    <CommandDialog
      title={title}
      action={isAll ? `Close ${counted(lots.length, 'lot')}` : share === '1' ? 'Close lot' : 'Close a part'}
      isDanger
      {...{ command, onClose }}
      onSubmit={() => void submit()}
    >
      <p>
        {usdt(lots.reduce((sum, { size_usdt }) => sum + size_usdt, 0))} USDT. It closes at the newest price,
        with slippage and fee.
      </p>
      {!isAll && <SelectField label="How much" value={share} onChange={setShare} options={SHARES} />}
      <ReasonField value={reason} onInput={setReason} />
    </CommandDialog>
  );
}
