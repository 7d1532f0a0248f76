import type { ComponentChildren } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { EventKind } from '../../../events/event-hub.ts';
import { Chart } from '../../charts/chart.tsx';
import { EmptyState } from '../../components/messages.tsx';
import { ResourcePanel } from '../../components/panel.tsx';
import { useResource } from '../../data/resource.ts';
import { signedPercent } from '../../format/numbers.ts';
import type { ComparedAccount } from './compared-account.ts';
import { setUpCurves } from './curve-chart.ts';
import { BUY_AND_HOLD, type Curve, type Curves, loadCurves } from './curves.ts';
import { DASH_PATTERNS, lineStyleAt } from './line-styles.ts';

interface CurvePanelProps {
  readonly title: string;
  readonly accounts: readonly ComparedAccount[];
  readonly reloadOn: readonly EventKind[];
  readonly beside?: ComponentChildren;
}

const CHART_HEIGHT = 340;

/** Equity curves from a common start. The reader can hide each of them. */
export function CurvePanel({ title, accounts, reloadOn, beside }: CurvePanelProps) {
  const curves = useResource(
    (signal) => loadCurves(accounts, signal),
    accounts.map(({ key }) => key),
    { reloadOn },
  );
  return (
    <ResourcePanel title={title} beside={beside} resource={curves} lines={11}>
      {(loaded) => <CurveChart curves={loaded} />}
    </ResourcePanel>
  );
}

function CurveChart({ curves: { curves, buyAndHold } }: { readonly curves: Curves }) {
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const data = useMemo(() => ({ curves, buyAndHold, hidden }), [curves, buyAndHold, hidden]);
  if (curves.every(({ points }) => points.length < 2)) {
    return <EmptyState title="No curves yet">An account gets one point per decision candle.</EmptyState>;
  }
  const toggle = (key: string) => {
    const changed = new Set(hidden);
    if (!changed.delete(key)) changed.add(key);
    setHidden(changed);
  };
  const entry = (key: string, name: string, line: ComponentChildren) => (
    <LegendEntry key={key} name={name} line={line} isShown={!hidden.has(key)} onToggle={() => toggle(key)} />
  );
  const results = curves.map(({ name, points }) => `${name} ${signedPercent(points.at(-1)?.value)}`);
  return (
    <>
      <ul class="curve-legend" aria-label="Curves">
        {curves.map((curve) => entry(curve.key, curve.name, <LineSample style={curve.style} />))}
        {buyAndHold.length > 1 && entry(BUY_AND_HOLD, 'Buy and hold', <BuyAndHoldSample />)}
      </ul>
      <Chart
        label={`Equity since the start: ${results.join(', ')}.`}
        data={data}
        setUp={setUpCurves}
        height={CHART_HEIGHT}
      >
        In percent of the initial balance.
      </Chart>
    </>
  );
}

interface LegendEntryProps {
  readonly name: string;
  readonly line: ComponentChildren;
  readonly isShown: boolean;
  readonly onToggle: () => void;
}

function LegendEntry({ name, line, isShown, onToggle }: LegendEntryProps) {
  return (
    <li>
      <button type="button" aria-pressed={isShown} title={isShown ? 'Hide' : 'Show'} onClick={onToggle}>
        {line}
        <span class="curve-name">{name}</span>
      </button>
    </li>
  );
}

function LineSample({ style }: Pick<Curve, 'style'>) {
  const { color, dash } = lineStyleAt(style);
  return (
    <svg
      class="line-sample"
      style={{ color: `var(--series-${color + 1})` }}
      viewBox="0 0 24 8"
      aria-hidden="true"
    >
      <path d="M0 4h24" stroke-dasharray={DASH_PATTERNS[dash]} />
    </svg>
  );
}

function BuyAndHoldSample() {
  return (
    <svg class="line-sample line-buy-and-hold" viewBox="0 0 24 8" aria-hidden="true">
      <path d="M0 4h24" />
    </svg>
  );
}
