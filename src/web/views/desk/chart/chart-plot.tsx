import type { Signal } from '@preact/signals';
import { useId, useMemo, useRef } from 'preact/hooks';
import { ChartLoading } from '../../../charts/chart-loading.tsx';
import { setUpDeskPlot } from '../../../charts/desk-plot.ts';
import type { DeskPlotData } from '../../../charts/desk-plot-data.ts';
import { useChart } from '../../../charts/use-chart.ts';
import { instantOf } from '../../../format/time.ts';
import { formingCandle } from './candle-list.ts';
import { chartLabel } from './chart-label.ts';
import type { DeskChartProps, ShownCandles } from './chart-run.ts';
import { decisionAt } from './chart-view.ts';
import { useIntrabarCandles } from './use-candles.ts';
import { useChartKeys } from './use-chart-keys.ts';
import { useSelectedInView, useShownPlot } from './use-shown-plot.ts';

interface ChartPlotProps extends DeskChartProps {
  readonly shown: ShownCandles;
  readonly data: Omit<DeskPlotData, 'forming'>;
  /** Time of the bar under the pointer or the keyboard's crosshair, ms since the epoch. */
  readonly pointer: Signal<number | undefined>;
  /** Whether the newest candles are out of view. */
  readonly isAway: Signal<boolean>;
  readonly onRange: (from: number, to: number) => void;
  readonly loadOlder: () => void;
  readonly loadNewer: () => void;
}

/** Older candles are loaded when so much of the visible width is left of them. */
const LOAD_MARGIN = 0.1;

/** The picture, with pointer and keyboard. */
export function ChartPlot(props: ChartPlotProps) {
  const { run, shown, data, selection, onSelect, pointer, isAway } = props;
  const canvas = useRef<HTMLDivElement>(null);
  const inView = useRef<{ from: number; to: number } | undefined>(undefined);
  const hint = useId();
  const { handle: plot, failed } = useChart(canvas, setUpDeskPlot);
  const forming = useForming(props);
  const drawn = useMemo(() => ({ ...data, forming }), [data, forming]);
  const newestClose = (data.candles.at(-1)?.time ?? 0) + shown.stepMs;

  const selectCandle = (bar: number) => {
    const asOf = decisionAt(bar, shown.stepMs, run.pipeline.decisionMs, newestClose);
    if (bar >= newestClose) return;
    onSelect(asOf === instantOf(selection.candle) ? {} : { candle: new Date(asOf).toISOString() });
  };
  const events = {
    onPointer: (time: number | undefined) => {
      pointer.value = time;
    },
    onCandle: selectCandle,
    onPosition: (id: string) => {
      const opened = data.positions.positions.find((one) => one.id === id)?.opened;
      onSelect(id === selection.position ? {} : { position: id, opened });
    },
    onRange(from: number, to: number) {
      inView.current = { from, to };
      props.onRange(from, to);
      isAway.value = to < (data.marks.now ?? Number.POSITIVE_INFINITY);
      const margin = (to - from) * LOAD_MARGIN;
      if (from < (data.candles[0]?.time ?? from) + margin) props.loadOlder();
      if (to > newestClose - margin) props.loadNewer();
    },
  };
  plot?.listen(events);
  const { keys, announcement } = useChartKeys({
    plot,
    data,
    pointer,
    onEnter: selectCandle,
    onEscape: () => onSelect({}),
  });

  useShownPlot(plot, drawn, shown.view);
  useSelectedInView(data.marks.selected, () => inView.current ?? shown.view);

  return (
    <div class="desk-chart-plot">
      <div
        ref={canvas}
        class="chart-canvas"
        // The keyboard moves the crosshair.
        role="application"
        aria-label={chartLabel(run, data)}
        aria-describedby={hint}
        {...keys}
      >
        {plot === undefined && <ChartLoading failed={failed} />}
      </div>
      <p id={hint} hidden>
        Arrow keys move from candle to candle, with Shift ten at a time. Enter opens the decision of a candle,
        Escape lets go.
      </p>
      <p class="visually-hidden" aria-live="polite">
        {announcement}
      </p>
    </div>
  );
}

function useForming({ run, shown, lastPrice }: ChartPlotProps) {
  const hasEnded = run.until !== undefined || shown.view.loadTo !== undefined;
  const intrabar = useIntrabarCandles(run.symbol, run.pipeline, shown.stepMs, hasEnded).data.value;
  const price = lastPrice?.value;
  const last = shown.list.at(-1);
  return useMemo(
    () => (hasEnded ? undefined : formingCandle(last, shown.stepMs, intrabar ?? [], price)),
    [hasEnded, last, shown.stepMs, intrabar, price],
  );
}
