import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { TextField } from '../../components/fields.tsx';
import { Form } from '../../components/form.tsx';
import { ErrorNotice } from '../../components/messages.tsx';
import { now } from '../../data/clock.ts';
import { toast } from '../../data/toasts.ts';
import { useCommand } from '../../data/use-command.ts';
import { counted } from '../../format/numbers.ts';
import { compareAddress } from '../../views.ts';
import { startReplays } from './start-replays.ts';
import { lastDays } from './whole-days.ts';

interface ReplayDialogProps {
  /** Ids of packages. */
  readonly ids: readonly string[];
  readonly onClose: () => void;
}

/** Replays several packages over the same whole UTC days, so that their results can be compared. */
export function ReplayDialog({ ids, onClose }: ReplayDialogProps) {
  const { query, route } = useLocation();
  const [range, setRange] = useState(() => lastDays(30, now.peek()));
  const { isBusy, error, run } = useCommand();
  const isEmpty = range.from === '' || range.to === '' || range.from >= range.to;
  const start = () =>
    run(async () => {
      await startReplays(ids, range);
      toast(`${counted(ids.length, 'replay')} queued.`);
      onClose();
      route(compareAddress('replays', query));
    });
  return (
    <Dialog title={`Replay ${counted(ids.length, 'package')} over the same days`} onClose={onClose}>
      <Form class="dialog-form" onSubmit={() => !isEmpty && void start()}>
        <TextField
          label="From (UTC day)"
          type="date"
          required
          value={range.from}
          onInput={(from) => setRange({ ...range, from })}
        />
        <TextField
          label="To (the begin of this UTC day)"
          type="date"
          required
          value={range.to}
          max={lastDays(0, now.peek()).to}
          onInput={(to) => setRange({ ...range, to })}
          hint="30 whole days or more are needed for intervals and ratios."
          error={isEmpty ? 'must be later than the first day' : undefined}
        />
        <ErrorNotice error={error} />
        <div class="row">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="primary" isBusy={isBusy} disabled={isEmpty}>
            Start
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}
