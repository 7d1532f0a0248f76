import type { IChartApi, LogicalRange } from 'lightweight-charts';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Spinner } from '../components/waiting.tsx';
import { isDark } from '../data/theme.ts';
import { type ChartColors, chartColorsAt } from './chart-colors.ts';

export type ChartLibrary = typeof import('./chart-library.ts');

export interface ChartContext {
  readonly chart: IChartApi;
  readonly library: ChartLibrary;
  readonly colors: ChartColors;
}

interface ChartProps<Data> {
  /** What the chart shows, in a sentence with its newest numbers, for those who cannot see it. */
  readonly label: string;
  readonly data: Data;
  /**
   * Adds series, markers and lines to a new chart and answers how to draw data; called again after a change of theme.
   * It has to be the same function from one drawing to the next: declare it outside of the component.
   */
  readonly setUp: (context: ChartContext) => (data: Data) => void;
  /** What part of the data is seen at first; all of it unless given. It has to be the same function, too. */
  readonly show?: (chart: IChartApi, data: Data) => void;
  /** CSS pixels; `fill` takes what the parent, a flexible column, has left. */
  readonly height?: number | 'fill';
  /** A legend and the like, under the chart. */
  readonly children?: ComponentChildren;
}

/** A chart over time, in UTC. The library is loaded when the first one is drawn; until then its place is kept. */
export function Chart<Data>({ label, data, setUp, show, height = 320, children }: ChartProps<Data>) {
  const canvas = useRef<HTMLDivElement>(null);
  const range = useRef<LogicalRange | null>(null);
  const draw = useRef<((data: Data) => void) | undefined>(undefined);
  const newest = useRef(data);
  newest.current = data;
  const [library, setLibrary] = useState<ChartLibrary>();
  const [failure, setFailure] = useState(false);
  const dark = isDark.value;
  const style = height === 'fill' ? {} : { height: `${height}px` };

  useEffect(() => {
    let gone = false;
    import('./chart-library.ts').then(
      (loaded) => gone || setLibrary(loaded),
      () => gone || setFailure(true),
    );
    return () => {
      gone = true;
    };
  }, []);

  useEffect(() => {
    if (library === undefined) return;
    const element = canvas.current!;
    // The colours below are read from the page, which shows this theme by now.
    element.dataset.scheme = dark ? 'dark' : 'light';
    const colors = chartColorsAt(element);
    const chart = library.createChart(element, chartOptions(library, colors));
    draw.current = setUp({ chart, library, colors });
    draw.current(newest.current);
    if (range.current !== null) chart.timeScale().setVisibleLogicalRange(range.current);
    else if (show === undefined) chart.timeScale().fitContent();
    else show(chart, newest.current);
    return () => {
      range.current = chart.timeScale().getVisibleLogicalRange();
      draw.current = undefined;
      chart.remove();
    };
  }, [library, setUp, show, dark]);

  useEffect(() => draw.current?.(data), [data]);

  return (
    <figure class={height === 'fill' ? 'chart chart-fill' : 'chart'}>
      <div ref={canvas} class="chart-canvas" role="img" aria-label={label} style={style}>
        {library === undefined && (
          <div class="chart-loading" style={style}>
            {failure ? 'The chart could not be loaded; reload the page.' : <Spinner />}
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
      // Its own logo needs an inline style; the caption names it instead.
      attributionLogo: false,
      background: { type: library.ColorType.Solid, color: colors.surface },
      textColor: colors.text,
      fontSize: 11,
      panes: { separatorColor: colors.grid, separatorHoverColor: colors.fade(colors.accent, 0.3) },
    },
    grid: {
      vertLines: { color: colors.fade(colors.grid, 0.5) },
      horzLines: { color: colors.fade(colors.grid, 0.5) },
    },
    rightPriceScale: { borderColor: colors.grid },
    timeScale: { borderColor: colors.grid, timeVisible: true, secondsVisible: false },
    crosshair: { mode: library.CrosshairMode.Normal },
    // A finger that moves up or down scrolls the page.
    handleScroll: { vertTouchDrag: false },
    localization: { locale: 'en-GB' },
  };
}
