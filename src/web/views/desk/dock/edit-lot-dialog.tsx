import { useState } from 'preact/hooks';
import type { PositionAnswer } from '../../../../http/positions/schema.ts';
import { CommandDialog } from '../../../components/command-dialog.tsx';
import { TextField } from '../../../components/fields.tsx';
import { toast } from '../../../data/toasts.ts';
import { useCommand } from '../../../data/use-command.ts';
import { price as formatPrice, significant } from '../../../format/numbers.ts';
import { editLot } from './lot-actions.ts';
import { ReasonField } from './reason-field.tsx';

interface EditLotDialogProps {
  readonly lot: PositionAnswer;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Changes the stop and the target of an open lot. */
export function EditLotDialog({ lot, onClose, onDone }: EditLotDialogProps) {
  // Computed prices have more digits than a person reads.
  const shown = { stop: significant(lot.stop_loss, 8), target: significant(lot.take_profit, 8) };
  const [stop, setStop] = useState(shown.stop);
  const [target, setTarget] = useState(shown.target);
  const [reason, setReason] = useState('');
  const command = useCommand();
  const submit = () =>
    command.run(async () => {
      // What was not touched stays as exact as it is.
      const edited = await editLot(lot.id, {
        stop_loss: stop === shown.stop ? lot.stop_loss : Number(stop),
        take_profit: target === shown.target ? lot.take_profit : Number(target),
        reason,
      });
      toast(`Stop ${formatPrice(edited.stop_loss)}, target ${formatPrice(edited.take_profit)}.`);
      onDone();
      onClose();
    });
  const number = { type: 'number', min: 0, step: 'any', required: true } as const;
  return (
    <CommandDialog
      title={`Stop and target of the ${lot.side.toLowerCase()} lot`}
      action="Change"
      {...{ command, onClose }}
      onSubmit={() => void submit()}
    >
      <p>Opened at {formatPrice(lot.entry_price)}.</p>
      <div class="field-pair">
        <TextField {...number} label="Stop, price" value={stop} onInput={setStop} />
        <TextField {...number} label="Target, price" value={target} onInput={setTarget} />
      </div>
      <ReasonField value={reason} onInput={setReason} />
    </CommandDialog>
  );
}
