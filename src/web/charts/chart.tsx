import type { IChartApi, LogicalRange } from 'lightweight-charts';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Spinner } from '../components/loading.tsx';
import { isDark } from '../data/theme.ts';
import { type ChartColors, chartColorsAt } from './chart-colors.ts';

export type ChartLibrary = typeof import('./chart-library.ts');

export interface ChartContext {
  readonly chart: IChartApi;
  readonly library: ChartLibrary;
  readonly colors: ChartColors;
}

interface ChartProps<Data> {
  /** What the chart shows, with its newest numbers, for screen readers. */
  readonly label: string;
  readonly data: Data;
  /**
   * Adds series, markers and lines to a new chart and returns how to draw data; called again when the theme changes.
   * It must not change between renderings: declare it outside of components.
   */
  readonly setUp: (context: ChartContext) => (data: Data) => void;
  /** Sets the visible range at first, else all data is visible. It must not change between renderings either. */
  readonly setVisibleRange?: (chart: IChartApi, data: Data) => void;
  /** CSS pixels; `fill` takes the height that the parent, a flexible column, has left. */
  readonly height: number | 'fill';
  /** A legend below the chart. */
  readonly children?: ComponentChildren;
}

/** A chart over time, in UTC. The chart library is loaded with the first chart. */
export function Chart<Data>({ label, data, setUp, setVisibleRange, height, children }: ChartProps<Data>) {
  const canvas = useRef<HTMLDivElement>(null);
  const range = useRef<LogicalRange | null>(null);
  const draw = useRef<((data: Data) => void) | undefined>(undefined);
  const newest = useRef(data);
  newest.current = data;
  const [library, setLibrary] = useState<ChartLibrary>();
  const [hasFailed, setFailed] = useState(false);
  const dark = isDark.value;
  const style = height === 'fill' ? {} : { height: `${height}px` };

  useEffect(() => {
    let isUnmounted = false;
    import('./chart-library.ts').then(
      (loaded) => isUnmounted || setLibrary(loaded),
      () => isUnmounted || setFailed(true),
    );
    return () => {
      isUnmounted = true;
    };
  }, []);

  useEffect(() => {
    if (library === undefined) return;
    const element = canvas.current!;
    element.dataset.scheme = dark ? 'dark' : 'light';
    const colors = chartColorsAt(element);
    const chart = library.createChart(element, chartOptions(library, colors));
    draw.current = setUp({ chart, library, colors });
    draw.current(newest.current);
    if (range.current !== null) chart.timeScale().setVisibleLogicalRange(range.current);
    else if (setVisibleRange === undefined) chart.timeScale().fitContent();
    else setVisibleRange(chart, newest.current);
    return () => {
      range.current = chart.timeScale().getVisibleLogicalRange();
      draw.current = undefined;
      chart.remove();
    };
  }, [library, setUp, setVisibleRange, dark]);

  useEffect(() => draw.current?.(data), [data]);

  return (
    <figure class={height === 'fill' ? 'chart chart-fill' : 'chart'}>
      <div ref={canvas} class="chart-canvas" role="img" aria-label={label} style={style}>
        {library === undefined && (
          <div class="chart-loading" style={style}>
            {hasFailed ? 'The chart could not be loaded. Reload the page.' : <Spinner />}
          </div>
        )}
      </div>
      <figcaption>
        <span>{children}</span>
        <span>
          Times in UTC · Charts by{' '}
          <a href="https://www.tradingview.com/" target="_blank" rel="noreferrer">
            TradingView
          </a>
        </span>
      </figcaption>
    </figure>
  );
}

function chartOptions(library: ChartLibrary, colors: ChartColors) {
  return {
    autoSize: true,
    layout: {
      // The library's logo needs an inline style, which the Content-Security-Policy forbids; the caption credits it.
      attributionLogo: false,
      background: { type: library.ColorType.Solid, color: colors.surface },
      textColor: colors.text,
      fontSize: 11,
      panes: { separatorColor: colors.grid, separatorHoverColor: colors.fade(colors.model, 0.3) },
    },
    grid: {
      vertLines: { color: colors.fade(colors.grid, 0.5) },
      horzLines: { color: colors.fade(colors.grid, 0.5) },
    },
    rightPriceScale: { borderColor: colors.grid },
    timeScale: { borderColor: colors.grid, timeVisible: true, secondsVisible: false },
    crosshair: { mode: library.CrosshairMode.Normal },
    // A vertical swipe scrolls the page.
    handleScroll: { vertTouchDrag: false },
    localization: { locale: 'en-GB' },
  };
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
