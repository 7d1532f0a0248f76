import { useMemo, useState } from 'preact/hooks';
import type { EventKind } from '../../../events/event-hub.ts';
import { Chart } from '../../charts/chart.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { EmptyState } from '../../components/notes.tsx';
import { Panel } from '../../components/panel.tsx';
import { useResource } from '../../data/resource.ts';
import { percent, signed } from '../../format/numbers.ts';
import type { Candidate } from './candidate.ts';
import { setUpCurves } from './curve-chart.ts';
import { type Curve, type Curves, loadCurves } from './curves.ts';
import { DASH_PATTERNS, lookOf } from './line-styles.ts';

interface CurvePanelProps {
  readonly title: string;
  readonly candidates: readonly Candidate[];
  /** After which events the curves are loaded again. */
  readonly reloadOn: readonly EventKind[];
  readonly beside?: preact.ComponentChildren;
}

const CHART_HEIGHT = 340;

/** Equity curves from a common start, each of which can be hidden. */
export function CurvePanel({ title, candidates, reloadOn, beside }: CurvePanelProps) {
  const curves = useResource(
    (signal) => loadCurves(candidates, signal),
    candidates.map(({ key }) => key),
    { reloadOn },
  );
  return (
    <Panel title={title} beside={beside}>
      <Loaded of={curves} lines={11}>
        {(loaded) => <CurvesWithLegend curves={loaded} />}
      </Loaded>
    </Panel>
  );
}

function CurvesWithLegend({ curves: { curves, held } }: { readonly curves: Curves }) {
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const data = useMemo(() => ({ curves, held, hidden }), [curves, held, hidden]);
  if (curves.every(({ points }) => points.length < 2)) {
    return (
      <EmptyState title="No curves yet">
        A point is added with every 15-minute candle that an account lives through.
      </EmptyState>
    );
  }
  const toggle = (key: string) => {
    const others = new Set(hidden);
    if (!others.delete(key)) others.add(key);
    setHidden(others);
  };
  return (
    <>
      <ul class="legend" aria-label="Curves">
        {curves.map((curve) => (
          <LegendEntry
            key={curve.key}
            name={curve.name}
            line={<LineSample curve={curve} />}
            isShown={!hidden.has(curve.key)}
            onToggle={() => toggle(curve.key)}
          />
        ))}
        {held.length > 1 && (
          <LegendEntry
            name="Held instead"
            line={
              <svg class="line-sample line-held" viewBox="0 0 24 8" aria-hidden="true">
                <path d="M0 4h24" />
              </svg>
            }
            isShown={!hidden.has('held')}
            onToggle={() => toggle('held')}
          />
        )}
      </ul>
      <Chart
        label={`Equity since the start: ${curves.map(({ name, points }) => `${name} ${written(points.at(-1)?.value)}`).join(', ')}.`}
        data={data}
        setUp={setUpCurves}
        height={CHART_HEIGHT}
      >
        In percent of the initial balance.
      </Chart>
    </>
  );
}

const written = (value: number | undefined) => signed(value, percent);

interface LegendEntryProps {
  readonly name: string;
  readonly line: preact.ComponentChildren;
  readonly isShown: boolean;
  readonly onToggle: () => void;
}

function LegendEntry({ name, line, isShown, onToggle }: LegendEntryProps) {
  return (
    <li>
      <button type="button" aria-pressed={isShown} title={isShown ? 'Hide' : 'Show'} onClick={onToggle}>
        {line}
        <span class="legend-name">{name}</span>
      </button>
    </li>
  );
}

function LineSample({ curve: { style } }: { readonly curve: Curve }) {
  const { color, dash } = lookOf(style);
  return (
    <svg class={`line-sample series-${color + 1}`} viewBox="0 0 24 8" aria-hidden="true">
      <path d="M0 4h24" stroke-dasharray={DASH_PATTERNS[dash]} />
    </svg>
  );
}
