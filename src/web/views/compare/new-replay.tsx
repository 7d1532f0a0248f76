import { useState } from 'preact/hooks';
import type { ModelPackageAnswer } from '../../../http/packages/schema.ts';
import { Button } from '../../components/button.tsx';
import { SelectField, TextField } from '../../components/fields.tsx';
import { EmptyState, ErrorNote } from '../../components/notes.tsx';
import { Panel } from '../../components/panel.tsx';
import { sendJson } from '../../data/api.ts';
import { now } from '../../data/clock.ts';
import { packages } from '../../data/packages.ts';
import { useSelectedPackage } from '../../data/selected-package.ts';
import { toast } from '../../data/toasts.ts';
import { useSubmit } from '../../data/use-submit.ts';
import { duration, localMinute } from '../../format/time.ts';
import { ReplayRules } from './replay-rules.tsx';
import {
  inputOf,
  instantOfInput,
  NO_RULES,
  RANGE_PRESETS,
  type ReplayWish,
  rangeEndingAt,
  requestOf,
} from './replay-wish.ts';

/** Starts a replay: which package, which candles, and by which rules. */
export function NewReplay({ onStarted }: { readonly onStarted: () => void }) {
  const [isOpen, setOpen] = useState(false);
  const all = packages.data.value;
  const ready = all?.filter(({ status, warmup_status }) => status !== 'ARCHIVED' && warmup_status === 'DONE');
  return (
    <Panel
      title="New replay"
      beside={!isOpen && <span class="soft">Trade past candles by the same rules as live.</span>}
      actions={
        <Button kind={isOpen ? 'plain' : 'primary'} onClick={() => setOpen(!isOpen)}>
          {isOpen ? 'Close' : 'New replay'}
        </Button>
      }
      {...(isOpen ? {} : { flush: true })}
    >
      {isOpen &&
        ready !== undefined &&
        (ready.length === 0 ? (
          <EmptyState title="No package is warmed up" action={<a href="/packages">Packages</a>}>
            A package can be replayed once its warm-up is done.
          </EmptyState>
        ) : (
          <Form ready={ready} onStarted={onStarted} />
        ))}
    </Panel>
  );
}

interface FormProps {
  readonly ready: readonly ModelPackageAnswer[];
  readonly onStarted: () => void;
}

function Form({ ready, onStarted }: FormProps) {
  const { id } = useSelectedPackage();
  const [wish, setWish] = useState<ReplayWish>(() => ({
    modelId: ready.find((one) => one.id === id)?.id ?? ready[0]!.id,
    ...rangeEndingAt(now.peek(), RANGE_PRESETS[1]!.ms),
    balance: '',
    label: '',
    decided: 'all',
    rules: NO_RULES,
  }));
  const { isBusy, error, run } = useSubmit();
  const change = (part: Partial<ReplayWish>) => setWish({ ...wish, ...part });
  const [from, to] = [instantOfInput(wish.from), instantOfInput(wish.to)];
  const length = from !== undefined && to !== undefined && to > from ? to - from : undefined;
  const start = () =>
    run(async () => {
      await sendJson('POST', '/paper/replays', requestOf(wish));
      toast('The replay waits for its turn.');
      change({ label: '' });
      onStarted();
    });
  return (
    <form
      class="replay-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (length !== undefined) void start();
      }}
    >
      <div class="presets">
        <span class="soft">Until now:</span>
        {RANGE_PRESETS.map(({ label, ms }) => (
          <Button key={label} size="small" onClick={() => change(rangeEndingAt(now.peek(), ms))}>
            {label}
          </Button>
        ))}
      </div>
      <div class="replay-fields">
        <SelectField
          label="Package"
          value={wish.modelId}
          onChange={(modelId) => change({ modelId })}
          options={ready.map((one) => ({ value: one.id, label: one.name }))}
        />
        <TextField
          label="From (UTC)"
          type="datetime-local"
          value={wish.from}
          onInput={(value) => change({ from: value })}
          hint={localMinute(from)}
          step={900}
          required
        />
        <TextField
          label="To (UTC)"
          type="datetime-local"
          value={wish.to}
          onInput={(value) => change({ to: value })}
          hint={localMinute(to)}
          error={length === undefined ? 'has to be later than the beginning' : undefined}
          max={inputOf(now.peek())}
          step={900}
          required
        />
        <TextField
          label="Balance (USDT)"
          type="number"
          value={wish.balance}
          onInput={(balance) => change({ balance })}
          placeholder="as the account"
          min={1}
          max={10_000_000}
          step="any"
        />
        <TextField
          label="Label"
          value={wish.label}
          onInput={(label) => change({ label })}
          hint="to tell it from others"
          maxLength={100}
          autoComplete="off"
        />
        <SelectField
          label="Decides on"
          value={wish.decided}
          onChange={(value) => change({ decided: value === 'account' ? 'account' : 'all' })}
          options={[
            { value: 'all', label: 'every candle' },
            { value: 'account', label: 'those its account decided on' },
          ]}
        />
      </div>
      <ReplayRules rules={wish.rules} onChange={(rules) => change({ rules })} />
      {error !== undefined && <ErrorNote error={error} />}
      <div class="actions">
        <Button type="submit" kind="primary" isBusy={isBusy} disabled={length === undefined}>
          Start replay
        </Button>
        {length !== undefined && (
          <span class="soft">
            {duration(length)}, {Math.round(length / 900_000).toLocaleString('en-US')} candles
          </span>
        )}
      </div>
    </form>
  );
}
