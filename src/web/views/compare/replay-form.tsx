import { useState } from 'preact/hooks';
import type { ModelPackageAnswer } from '../../../http/packages/schema.ts';
import { Button } from '../../components/button.tsx';
import { SelectField, TextField } from '../../components/fields.tsx';
import { Form } from '../../components/form.tsx';
import { ErrorNotice } from '../../components/messages.tsx';
import { now } from '../../data/clock.ts';
import { startReplays } from '../../data/start-replays.ts';
import { toast } from '../../data/toasts.ts';
import { useCommand } from '../../data/use-command.ts';
import { daysUntil, lengthOf } from '../../format/day-range.ts';
import { counted } from '../../format/numbers.ts';
import { PackageChoice } from './package-choice.tsx';
import { ACCOUNT_RULES, RANGE_PRESETS, type ReplayInput, replayFields } from './replay-input.ts';
import { ReplayRulesFields } from './replay-rules.tsx';

interface ReplayFormProps {
  /** Packages that can be replayed. */
  readonly ready: readonly ModelPackageAnswer[];
  /** Ids of the packages that are chosen at first; the first package where none of them is ready. */
  readonly wanted: readonly string[];
  /** Length of the range at first. */
  readonly days: number;
  readonly onStarted: () => void;
}

/** Starts replays of several packages over one range of whole UTC days, so that their results can be compared. */
export function ReplayForm({ ready, wanted, days, onStarted }: ReplayFormProps) {
  const [input, setInput] = useState<ReplayInput>(() => {
    const known = wanted.filter((id) => ready.some((one) => one.id === id));
    return {
      modelIds: known.length > 0 ? known : [ready[0]!.id],
      ...daysUntil(now.peek(), days),
      ...{ balance: '', label: '', decided: 'all', rules: ACCOUNT_RULES },
    };
  });
  const { isBusy, error, run } = useCommand();
  const change = (changes: Partial<ReplayInput>) => setInput((last) => ({ ...last, ...changes }));
  const length = lengthOf(input);
  const { modelIds } = input;
  const isComplete = length !== undefined && modelIds.length > 0;
  const start = () => {
    if (!isComplete) return;
    void run(async () => {
      await startReplays(modelIds, input, replayFields(input));
      onStarted();
      toast(`${counted(modelIds.length, 'replay')} queued.`);
      change({ label: '' });
    });
  };
  return (
    <Form class="replay-form" onSubmit={start}>
      <PackageChoice packages={ready} chosen={modelIds} onChange={(ids) => change({ modelIds: ids })} />
      <Range input={input} onChange={change} />
      <details>
        <summary>Balance, label, candles</summary>
        <div class="replay-fields">
          <TextField
            label="Balance (USDT)"
            type="number"
            value={input.balance}
            onInput={(balance) => change({ balance })}
            placeholder="as the account"
            min={1}
            max={10_000_000}
            step="any"
          />
          <TextField
            label="Label"
            value={input.label}
            onInput={(label) => change({ label })}
            hint="to distinguish it from others"
            maxLength={100}
            autoComplete="off"
          />
          <SelectField
            label="Decided candles"
            value={input.decided}
            onChange={(value) => change({ decided: value === 'account' ? 'account' : 'all' })}
            options={[
              ['all', 'all'],
              ['account', 'those that its account decided on'],
            ]}
          />
        </div>
      </details>
      <ReplayRulesFields rules={input.rules} onChange={(rules) => change({ rules })} />
      <ErrorNotice error={error} />
      <div class="row">
        <Button type="submit" kind="primary" isBusy={isBusy} disabled={!isComplete}>
          {modelIds.length > 1 ? `Start ${modelIds.length} replays` : 'Start replay'}
        </Button>
        {length !== undefined && <span class="muted">{counted(length, 'day')}, from 00:00 to 24:00 UTC</span>}
      </div>
    </Form>
  );
}

interface RangeProps {
  readonly input: ReplayInput;
  readonly onChange: (changes: Partial<ReplayInput>) => void;
}

function Range({ input, onChange }: RangeProps) {
  const { lastDay: yesterday } = daysUntil(now.peek(), 1);
  return (
    <div class="row replay-range">
      <TextField
        label="First day (UTC)"
        type="date"
        value={input.firstDay}
        onInput={(firstDay) => onChange({ firstDay })}
        max={yesterday}
        required
      />
      <TextField
        label="Last day (UTC)"
        type="date"
        value={input.lastDay}
        onInput={(lastDay) => onChange({ lastDay })}
        error={lengthOf(input) === undefined ? 'must not be before the first' : undefined}
        max={yesterday}
        required
      />
      <span class="row">
        {RANGE_PRESETS.map(({ label, days }) => (
          <Button key={label} size="small" onClick={() => onChange(daysUntil(now.peek(), days))}>
            {label}
          </Button>
        ))}
      </span>
    </div>
  );
}
