import type { ComponentChildren } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { EventKind } from '../../../events/event-hub.ts';
import { Chart } from '../../charts/chart.tsx';
import { EmptyState } from '../../components/messages.tsx';
import { ResourcePanel } from '../../components/panel.tsx';
import { useResource } from '../../data/resource.ts';
import { count, percent, signedPercent } from '../../format/numbers.ts';
import type { ComparedAccount } from './compared-account.ts';
import { setUpCurves } from './curve-chart.ts';
import { type Curves, HOLDING, loadCurves } from './curves.ts';
import { differenceOf, scaleGrowth } from './difference-curve.ts';
import { HoldingSample, LineSample } from './line-sample.tsx';

interface CurvePanelProps {
  readonly chosen: readonly ComparedAccount[];
  readonly reloadOn: readonly EventKind[];
}

const CHART_HEIGHT = 408;
/** With holding in it the scale would flatten the curves. */
const MAX_SCALE_GROWTH = 3;

/** Equity curves from a common start with holding, and below them the difference of the first two. */
export function CurvePanel({ chosen, reloadOn }: CurvePanelProps) {
  const key = chosen.map((one) => one.key).join(',');
  const curves = useResource((signal) => loadCurves(chosen, signal), [key], { reloadOn });
  return (
    <ResourcePanel title="Equity, % of the start" resource={curves} lines={11}>
      {(loaded) => <CurveChart key={key} curves={loaded} />}
    </ResourcePanel>
  );
}

function CurveChart({ curves: { curves, holding } }: { readonly curves: Curves }) {
  const growth = useMemo(
    () =>
      scaleGrowth(
        curves.map(({ points }) => points),
        holding,
      ),
    [curves, holding],
  );
  const isTooTall = growth > MAX_SCALE_GROWTH;
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const hidden = useMemo(() => {
    const keys = new Set(toggled);
    // Holding is left out at first where it would flatten the others.
    if (isTooTall && !keys.delete(HOLDING)) keys.add(HOLDING);
    return keys;
  }, [toggled, isTooTall]);
  const [first, second] = curves;
  const isPair = first !== undefined && second !== undefined && curves.length === 2;
  const difference = useMemo(() => (isPair ? differenceOf(first.points, second.points) : []), [curves]);
  const data = useMemo(
    () => ({ curves, holding, difference, hidden }),
    [curves, holding, difference, hidden],
  );
  if (curves.every(({ points }) => points.length < 2))
    return <EmptyState title="No curves yet.">An account gets one point per decision candle.</EmptyState>;
  const toggle = (key: string) => {
    const changed = new Set(toggled);
    if (!changed.delete(key)) changed.add(key);
    setToggled(changed);
  };
  const entry = (key: string, name: string, line: ComponentChildren) => (
    <LegendEntry key={key} name={name} line={line} isShown={!hidden.has(key)} onToggle={() => toggle(key)} />
  );
  const results = curves.map(({ name, points }) => `${name} ${signedPercent(points.at(-1)?.value)}`);
  return (
    <>
      <ul class="curve-legend" aria-label="Curves">
        {curves.map((curve) => entry(curve.key, curve.name, <LineSample style={curve.style} />))}
        {holding.length > 1 && entry(HOLDING, 'Holding', <HoldingSample />)}
        {hidden.has(HOLDING) && isTooTall && <li class="muted">{heldText(holding.at(-1)?.value, growth)}</li>}
      </ul>
      <Chart
        label={`Equity since the start: ${results.join(', ')}.`}
        data={data}
        setUp={setUpCurves}
        height={CHART_HEIGHT}
      >
        {isPair && `Below: ${first.name} minus ${second.name}, in points.`}
      </Chart>
    </>
  );
}

function heldText(held: number | undefined, growth: number): string {
  const result =
    held === undefined || held === 0
      ? 'made nothing'
      : `${held > 0 ? 'made' : 'lost'} ${percent(Math.abs(held))}`;
  const times = Number.isFinite(growth) ? `${count(Math.ceil(growth))} times as tall` : 'of its own';
  return `Holding ${result}; not drawn, it needs a scale ${times}.`;
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
