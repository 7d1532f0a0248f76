import type { Signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { Button } from '../../../components/button.tsx';
import { SegmentedControl } from '../../../components/segmented-control.tsx';
import { useQuery } from '../../../data/use-query.ts';
import type { ChartRun, Toggles } from './chart-run.ts';
import { type ChartView, lengthsOf, RANGES } from './chart-view.ts';
import { GoToDate } from './go-to-date.tsx';

interface ChartToolbarProps {
  readonly run: ChartRun;
  readonly view: ChartView;
  readonly toggles: Toggles;
  readonly isTable: boolean;
  /** Whether the newest candles are out of view. */
  readonly isAway: Signal<boolean>;
  /** A length of candles that shows fewer, where too many are in view. */
  readonly longer: Signal<string | undefined>;
  readonly onToggle: (name: keyof Toggles) => void;
  readonly onTable: () => void;
  /** The chosen range is to be shown, even if the reader has moved away from it. */
  readonly onJump: () => void;
  /** The numbers under the crosshair. */
  readonly children: ComponentChildren;
}

/** What the chart shows: length of a candle, range, date, layers. */
export function ChartToolbar(props: ChartToolbarProps) {
  const { run, view, toggles, isTable, isAway, longer, onToggle, onTable, onJump, children } = props;
  const { query, change } = useQuery();
  const lengths = lengthsOf(run.pipeline).map((one) => ({ id: one, label: one }));
  const goTo = (changes: Parameters<typeof change>[0]) => {
    change(changes);
    onJump();
  };
  return (
    <div class="desk-chart-tools">
      <div class="desk-chart-controls">
        <SegmentedControl
          label="Length of a candle"
          options={lengths}
          selected={view.timeframe}
          onSelect={(tf) => change({ tf })}
        />
        <SegmentedControl
          label="Range"
          options={RANGES}
          selected={view.range ?? ('' as never)}
          onSelect={(range) => goTo({ range, at: undefined, tf: undefined })}
        />
        <GoToDate at={query.at} onGo={(at) => goTo({ at })} />
        {(isAway.value || view.loadTo !== undefined) && (
          <Button size="small" onClick={() => goTo({ at: undefined })}>
            To the newest
          </Button>
        )}
        {longer.value !== undefined && (
          <Button
            size="small"
            label={`Too dense: show ${longer.value}`}
            onClick={() => change({ tf: longer.value })}
          >
            Show {longer.value}
          </Button>
        )}
        <div class="desk-chart-toggles">
          <Toggle
            name="Forecasts"
            kind="forecasts"
            isOn={toggles.forecasts}
            onClick={() => onToggle('forecasts')}
          />
          <Toggle name="Holding" kind="holding" isOn={toggles.holding} onClick={() => onToggle('holding')} />
          <Toggle name="As a table" kind="table" isOn={isTable} onClick={onTable} />
        </div>
      </div>
      {children}
    </div>
  );
}

interface ToggleProps {
  readonly name: string;
  readonly kind: string;
  readonly isOn: boolean;
  readonly onClick: () => void;
}

function Toggle({ name, kind, isOn, onClick }: ToggleProps) {
  return (
    <button type="button" class={`chart-toggle chart-toggle-${kind}`} aria-pressed={isOn} onClick={onClick}>
      <i aria-hidden="true" />
      {name}
    </button>
  );
}
