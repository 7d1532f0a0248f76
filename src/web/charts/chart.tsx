import type { IChartApi } from 'lightweight-charts';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { ChartLoading } from './chart-loading.tsx';
import { type ChartContext, useChart } from './use-chart.ts';

interface ChartProps<Data> {
  /** What the chart shows, with its newest numbers, for screen readers. */
  readonly label: string;
  readonly data: Data;
  /**
   * Adds series, markers and lines to a new chart and returns how to draw data; called again when the theme changes.
   * It must not change between renderings: declare it outside of components.
   */
  readonly setUp: (context: ChartContext) => (data: Data) => void;
  /** CSS pixels. */
  readonly height: number;
  /** A legend below the chart. */
  readonly children?: ComponentChildren;
}

/** A chart over time, in UTC. The chart library is loaded with the first chart. */
export function Chart<Data>({ label, data, setUp, height, children }: ChartProps<Data>) {
  const canvas = useRef<HTMLDivElement>(null);
  const { handle: draw, failed } = useChart(canvas, setUp);
  const style = { height: `${height}px` };
  useEffect(() => draw?.(data), [draw, data]);
  return (
    <figure class="chart">
      <div ref={canvas} class="chart-canvas" role="img" aria-label={label} style={style}>
        {draw === undefined && <ChartLoading failed={failed} />}
      </div>
      <figcaption>
        <span>{children}</span>
        <span>
          Times in UTC · <ChartCredit />
        </span>
      </figcaption>
    </figure>
  );
}

/** Whose library draws the charts. */
export function ChartCredit() {
  return (
    <>
      Charts by{' '}
      <a href="https://www.tradingview.com/" target="_blank" rel="noreferrer">
        TradingView
      </a>
    </>
  );
}

/** Makes a chart show all of its data at any width; the mouse wheel then scrolls the page. */
export function showAllData(chart: IChartApi): void {
  chart.applyOptions({
    handleScroll: false,
    handleScale: false,
    rightPriceScale: { borderVisible: false },
  });
  chart.timeScale().subscribeSizeChange(() => chart.timeScale().fitContent());
}
