import type { ISeriesApi, UTCTimestamp } from 'lightweight-charts';
import type { ChartContext } from '../../charts/chart.tsx';
import type { Curve, Curves } from './curves.ts';
import { lookOf } from './line-styles.ts';

/** What is drawn: those curves whose keys are not hidden. */
export interface ShownCurves extends Curves {
  readonly hidden: ReadonlySet<string>;
}

const asPercent = (value: number) => `${value.toFixed(2)} %`;

/** Curves in percent from a common zero, and what holding the symbol gave. */
export function setUpCurves({ chart, library, colors }: ChartContext): (shown: ShownCurves) => void {
  chart.applyOptions({
    // The whole of it is always seen; the wheel scrolls the page.
    handleScroll: false,
    handleScale: false,
    rightPriceScale: { borderVisible: false },
  });
  const showAll = () => chart.timeScale().fitContent();
  chart.timeScale().subscribeSizeChange(showAll);
  const plain = {
    priceLineVisible: false,
    crosshairMarkerRadius: 3,
    priceFormat: { type: 'custom', formatter: asPercent, minMove: 0.01 },
  } as const;
  const dashes = {
    solid: library.LineStyle.Solid,
    dashed: library.LineStyle.Dashed,
    dotted: library.LineStyle.Dotted,
    long: library.LineStyle.LargeDashed,
  };
  const held = chart.addSeries(library.LineSeries, {
    ...plain,
    color: colors.text,
    lineWidth: 1,
    lineStyle: library.LineStyle.SparseDotted,
    lastValueVisible: false,
  });
  held.createPriceLine({
    price: 0,
    color: colors.grid,
    lineWidth: 1,
    lineStyle: library.LineStyle.Solid,
    axisLabelVisible: false,
    title: '',
  });
  const drawn = new Map<string, ISeriesApi<'Line'>>();

  function seriesOf({ key, style }: Curve): ISeriesApi<'Line'> {
    const look = lookOf(style);
    const options = {
      ...plain,
      color: colors.series[look.color]!,
      lineWidth: 2,
      lineStyle: dashes[look.dash],
    } as const;
    const known = drawn.get(key);
    const series = known ?? chart.addSeries(library.LineSeries, options);
    if (known === undefined) drawn.set(key, series);
    else series.applyOptions(options);
    return series;
  }

  return ({ curves, held: price, hidden }) => {
    const shown = curves.filter(({ key }) => !hidden.has(key));
    for (const [key, series] of drawn) {
      if (shown.some((one) => one.key === key)) continue;
      chart.removeSeries(series);
      drawn.delete(key);
    }
    for (const curve of shown) seriesOf(curve).setData(dataOf(curve.points));
    held.setData(hidden.has('held') ? [] : dataOf(price));
    showAll();
  };
}

function dataOf(points: Curve['points']) {
  return points.map(({ time, value }) => ({ time: time as UTCTimestamp, value }));
}
