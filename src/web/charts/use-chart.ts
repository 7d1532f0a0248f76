import type { IChartApi } from 'lightweight-charts';
import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { isDark } from '../data/theme.ts';
import { type ChartColors, chartColorsAt } from './chart-colors.ts';

export type ChartLibrary = typeof import('./chart-library.ts');

export interface ChartContext {
  readonly chart: IChartApi;
  readonly library: ChartLibrary;
  readonly colors: ChartColors;
  /** Font of the page. */
  readonly family: string;
}

/**
 * A chart in an element, with what `setUp` returns for it; undefined while the chart library is loading. A changed theme
 * makes a new one. `failed`: the library could not be loaded.
 * @param setUp adds series and layers to a new chart; it must not change between renderings
 */
export function useChart<Handle>(
  element: RefObject<HTMLElement | null>,
  setUp: (context: ChartContext) => Handle,
): { readonly handle: Handle | undefined; readonly failed: boolean } {
  const [library, setLibrary] = useState<ChartLibrary>();
  const [failed, setFailed] = useState(false);
  const [made, setMade] = useState<{ handle: Handle }>();
  const dark = isDark.value;

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
    const parent = element.current!;
    parent.dataset.scheme = dark ? 'dark' : 'light';
    const colors = chartColorsAt(parent);
    const { fontFamily: family } = getComputedStyle(parent);
    const chart = library.createChart(parent, chartOptions(library, colors, family));
    setMade({ handle: setUp({ chart, library, colors, family }) });
    return () => {
      setMade(undefined);
      chart.remove();
    };
  }, [library, setUp, dark]);

  return { handle: made?.handle, failed };
}

function chartOptions(library: ChartLibrary, colors: ChartColors, fontFamily: string) {
  const line = { color: colors.fade(colors.text, 0.6), labelBackgroundColor: colors.ink };
  return {
    autoSize: true,
    layout: {
      // The library's logo needs an inline style, which the Content-Security-Policy forbids; the caption credits it.
      attributionLogo: false,
      background: { type: library.ColorType.Solid, color: colors.surface },
      textColor: colors.text,
      fontFamily,
      fontSize: 11,
      panes: { separatorColor: colors.grid, enableResize: false },
    },
    grid: {
      vertLines: { color: colors.fade(colors.grid, 0.5) },
      horzLines: { color: colors.fade(colors.grid, 0.5) },
    },
    rightPriceScale: { borderVisible: false },
    timeScale: { borderColor: colors.grid, timeVisible: true, secondsVisible: false },
    crosshair: { mode: library.CrosshairMode.Normal, vertLine: line, horzLine: line },
    // A vertical swipe scrolls the page.
    handleScroll: { vertTouchDrag: false },
    localization: { locale: 'en-GB' },
  };
}
