import { useState } from 'preact/hooks';
import type { ModelPackageAnswer } from '../../../http/packages/schema.ts';
import { Button } from '../../components/button.tsx';
import { SelectField, TextField } from '../../components/fields.tsx';
import { Form } from '../../components/form.tsx';
import { EmptyState, ErrorNotice } from '../../components/messages.tsx';
import { Panel } from '../../components/panel.tsx';
import { sendJson } from '../../data/api.ts';
import { now } from '../../data/clock.ts';
import { packages } from '../../data/packages.ts';
import { pipelineOf } from '../../data/pipeline.ts';
import { useSelectedPackage } from '../../data/selected-package.ts';
import { toast } from '../../data/toasts.ts';
import { useCommand } from '../../data/use-command.ts';
import { count } from '../../format/numbers.ts';
import { duration, localMinute } from '../../format/time.ts';
import { VIEWS } from '../../views.ts';
import {
  ACCOUNT_RULES,
  inputOf,
  instantOfInput,
  RANGE_PRESETS,
  type ReplayInput,
  rangeEndingAt,
  replayRequestBody,
  roundedRange,
} from './replay-input.ts';
import { ReplayRulesFields } from './replay-rules.tsx';

interface NewReplayProps {
  readonly onStarted: () => void;
}

/** Starts a replay. */
export function NewReplay({ onStarted }: NewReplayProps) {
  const [isOpen, setOpen] = useState(false);
  const ready = packages.data.value?.filter(
    ({ status, warmup_status }) => status !== 'ARCHIVED' && warmup_status === 'DONE',
  );
  return (
    <Panel
      title="New replay"
      beside={!isOpen && <span class="muted">Trade past candles by the rules of live accounts.</span>}
      actions={
        <Button kind={isOpen ? 'plain' : 'primary'} onClick={() => setOpen(!isOpen)}>
          {isOpen ? 'Close' : 'New replay'}
        </Button>
      }
      flush={!isOpen}
    >
      {isOpen &&
        ready !== undefined &&
        (ready.length === 0 ? (
          <EmptyState title="No package is warmed up" action={<a href={VIEWS.packages.path}>Packages</a>}>
            A package can be replayed once its warm-up is done.
          </EmptyState>
        ) : (
          <ReplayForm ready={ready} onStarted={onStarted} />
        ))}
    </Panel>
  );
}

interface ReplayFormProps extends NewReplayProps {
  readonly ready: readonly ModelPackageAnswer[];
}

function ReplayForm({ ready, onStarted }: ReplayFormProps) {
  const { id } = useSelectedPackage();
  const candleMsOf = (modelId: string) =>
    pipelineOf(ready.find((one) => one.id === modelId)?.manifest).decisionMs;
  const [input, setInput] = useState<ReplayInput>(() => {
    const modelId = ready.find((one) => one.id === id)?.id ?? ready[0]!.id;
    return {
      modelId,
      ...rangeEndingAt(now.peek(), RANGE_PRESETS[1]!.ms, candleMsOf(modelId)),
      balance: '',
      label: '',
      decided: 'all',
      rules: ACCOUNT_RULES,
    };
  });
  const candleMs = candleMsOf(input.modelId);
  const { isBusy, error, run } = useCommand();
  const change = (changes: Partial<ReplayInput>) => setInput({ ...input, ...changes });
  const [from, to] = [instantOfInput(input.from), instantOfInput(input.to)];
  const length = from !== undefined && to !== undefined && to > from ? to - from : undefined;
  const start = () => {
    if (length === undefined) return;
    void run(async () => {
      await sendJson('POST', '/paper/replays', replayRequestBody(input));
      toast('Replay queued.');
      change({ label: '' });
      onStarted();
    });
  };
  const time = { type: 'datetime-local', step: candleMs / 1000, required: true } as const;
  return (
    <Form class="replay-form" onSubmit={start}>
      <div class="row">
        <span class="muted">Until now:</span>
        {RANGE_PRESETS.map(({ label, ms }) => (
          <Button key={label} size="small" onClick={() => change(rangeEndingAt(now.peek(), ms, candleMs))}>
            {label}
          </Button>
        ))}
      </div>
      <div class="replay-fields">
        <SelectField
          label="Package"
          value={input.modelId}
          onChange={(modelId) => change({ modelId, ...roundedRange(input, candleMsOf(modelId)) })}
          options={ready.map((one) => [one.id, one.name])}
        />
        <TextField
          {...time}
          label="From (UTC)"
          value={input.from}
          onInput={(value) => change({ from: value })}
          hint={localMinute(from)}
        />
        <TextField
          {...time}
          label="To (UTC)"
          value={input.to}
          onInput={(value) => change({ to: value })}
          hint={localMinute(to)}
          error={length === undefined ? 'must be later than the start' : undefined}
          max={inputOf(now.peek())}
        />
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
      <ReplayRulesFields rules={input.rules} onChange={(rules) => change({ rules })} />
      <ErrorNotice error={error} />
      <div class="row">
        <Button type="submit" kind="primary" isBusy={isBusy} disabled={length === undefined}>
          Start replay
        </Button>
        {length !== undefined && (
          <span class="muted">
            {duration(length)}, {count(Math.round(length / candleMs))} candles
          </span>
        )}
      </div>
    </Form>
  );
}
