import './desk-chart.css';
import { useSignal } from '@preact/signals';
import { useMemo, useRef, useState } from 'preact/hooks';
import type { EquityAnswer } from '../../../../http/equity/schema.ts';
import { ChartCredit } from '../../../charts/chart.tsx';
import { horizonMs } from '../../../charts/forecast-points.ts';
import { ErrorNotice } from '../../../components/messages.tsx';
import { now as clock } from '../../../data/clock.ts';
import { useQuery } from '../../../data/use-query.ts';
import { instantOf } from '../../../format/time.ts';
import { ChartPlot } from './chart-plot.tsx';
import type { DeskChartProps, LoadedCandles, PlacedView, ShownCandles, Toggles } from './chart-run.ts';
import { ChartTable } from './chart-table.tsx';
import { ChartToolbar } from './chart-toolbar.tsx';
import { ChartValues } from './chart-values.tsx';
import { type ChartView, chartAddress, chartView, longerLength } from './chart-view.ts';
import { useCandles } from './use-candles.ts';
import { useRunStart } from './use-equity.ts';
import { usePlotData } from './use-plot-data.ts';

const NARROW = '(max-width: 35rem)';

/**
 * The chart of the desk: price, volume, forecasts and positions of a run, and below them its equity and drawdown on the same
 * axis of time. The address keeps what it shows: `tf` (length of a candle), `range` and `at` (an instant).
 */
export function DeskChart(props: DeskChartProps) {
  const start = useRunStart(props.run.source);
  const first = start.data.value;
  return (
    <section class="desk-chart" aria-label="Chart">
      <ErrorNotice error={start.error.value} onRetry={start.reload} />
      {first !== undefined && <RunChart key={props.run.source.equity} {...props} start={first} />}
      {first === undefined && start.error.value === undefined && <Loading />}
    </section>
  );
}

/** Takes the place of the picture. */
function Loading() {
  return <div class="desk-chart-plot chart-loading" />;
}

interface RunChartProps extends DeskChartProps {
  readonly start: EquityAnswer['items'][number] | null;
}

function RunChart(props: RunChartProps) {
  const { run, forecast } = props;
  const { query } = useQuery();
  const { tf, range, at } = chartAddress(query, run.pipeline);
  const until = instantOf(run.until);
  const start = instantOf(props.start?.time);
  const horizon = forecast === undefined ? 0 : horizonMs(forecast);
  // The reader may ask for the same place again.
  const [jumps, setJumps] = useState(0);
  const view = useMemo(() => {
    const newest = Math.floor(clock.peek() / run.pipeline.decisionMs) * run.pipeline.decisionMs;
    const { pipeline } = run;
    const isNarrow = matchMedia(NARROW).matches;
    const shown = chartView(
      { tf, range, at },
      { pipeline, start, end: until ?? newest, horizonMs: horizon, isNarrow },
    );
    return { ...shown, place: `${range} ${at} ${jumps}` };
  }, [tf, range, at, start, until, horizon, jumps]);
  const loading = useCandles(run.symbol, run.pipeline, view, until);
  const shown = useShown(view, loading.candles.data.value);
  return (
    <>
      <ErrorNotice error={loading.candles.error.value} onRetry={loading.candles.reload} />
      <ErrorNotice error={loading.pageError} />
      {shown === undefined && loading.candles.error.value === undefined && <Loading />}
      {shown !== undefined && (
        <LoadedChart {...props} {...loading} shown={shown} view={view} onJump={() => setJumps(jumps + 1)} />
      )}
    </>
  );
}

/** The newest view whose candles are loaded. */
function useShown(view: PlacedView, loaded: LoadedCandles | undefined): ShownCandles | undefined {
  const shown = useRef<ShownCandles | undefined>(undefined);
  if (loaded !== undefined && (shown.current?.view !== view || shown.current.list !== loaded.list)) {
    shown.current = { ...loaded, view };
  }
  return shown.current;
}

interface LoadedChartProps
  extends RunChartProps,
    Pick<ReturnType<typeof useCandles>, 'loadOlder' | 'loadNewer'> {
  readonly shown: ShownCandles;
  /** What was asked for; its candles may be loading. */
  readonly view: ChartView;
  readonly onJump: () => void;
}

function LoadedChart(props: LoadedChartProps) {
  const { run, shown, lastPrice } = props;
  const [toggles, setToggles] = useState<Toggles>({ forecasts: true, holding: true });
  const [isTable, setTable] = useState(false);
  const pointer = useSignal<number | undefined>(undefined);
  const isAway = useSignal(false);
  const longer = useSignal<string | undefined>(undefined);
  const [near, setNear] = useState(() => rangeAround(shown.view.from, shown.view.to));
  const { data, errors } = usePlotData({ ...props, near, toggles });
  const onRange = (from: number, to: number) => {
    longer.value = longerLength(run.pipeline, shown.view.timeframe, to - from);
    const range = rangeAround(from, to);
    if (range[0] !== near[0] || range[1] !== near[1]) setNear(range);
  };
  return (
    <>
      <ChartToolbar
        {...{ run, toggles, isTable, isAway, longer }}
        onJump={props.onJump}
        view={props.view}
        onToggle={(name) => setToggles({ ...toggles, [name]: !toggles[name] })}
        onTable={() => setTable(!isTable)}
      >
        <ChartValues {...{ run, data, pointer, lastPrice }} stepMs={shown.stepMs} />
      </ChartToolbar>
      {isTable ? (
        <ChartTable {...props} data={data} />
      ) : (
        <ChartPlot {...props} {...{ data, pointer, isAway, onRange }} />
      )}
      {errors.map((error) => (
        <ErrorNotice key={error.message} error={error} />
      ))}
      <p class="desk-chart-foot">
        <span class="desk-chart-key">
          UTC. Lines: lots from entry to exit. Labels: result of a position, USDT. Past forecasts end in{' '}
          <b class="chart-dot">●</b> where the price was inside, in <b class="chart-dot">✕</b> where it was
          not.
        </span>
        <span>
          <ChartCredit />
        </span>
      </p>
    </>
  );
}

/** A range that contains another and stays the same while that moves a little. */
function rangeAround(from: number, to: number): readonly [from: number, to: number] {
  const length = 2 ** Math.ceil(Math.log2(Math.max(1, to - from)));
  const start = Math.floor(from / length) * length;
  return [start, start + 2 * length];
}
