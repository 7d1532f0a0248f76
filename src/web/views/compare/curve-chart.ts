import type { ISeriesApi, UTCTimestamp } from 'lightweight-charts';
import { type ChartContext, showAllData } from '../../charts/chart.tsx';
import { percent } from '../../format/numbers.ts';
import { BUY_AND_HOLD, type Curve, type Curves } from './curves.ts';
import { lineStyleAt } from './line-styles.ts';

export interface CurveChartData extends Curves {
  /** Keys of the curves that are hidden. */
  readonly hidden: ReadonlySet<string>;
}

/** Draws curves in percent of their start, and buy-and-hold. */
export function setUpCurves({ chart, library, colors }: ChartContext): (data: CurveChartData) => void {
  showAllData(chart);
  const { LineStyle } = library;
  const common = {
    priceLineVisible: false,
    crosshairMarkerRadius: 3,
    priceFormat: { type: 'custom', formatter: (value: number) => percent(value), minMove: 0.01 },
  } as const;
  const dashes = {
    solid: LineStyle.Solid,
    dashed: LineStyle.Dashed,
    dotted: LineStyle.Dotted,
    long: LineStyle.LargeDashed,
  };
  const buyAndHold = chart.addSeries(library.LineSeries, {
    ...common,
    color: colors.text,
    lineWidth: 1,
    lineStyle: LineStyle.SparseDotted,
    lastValueVisible: false,
  });
  buyAndHold.createPriceLine({
    price: 0,
    color: colors.grid,
    lineWidth: 1,
    lineStyle: LineStyle.Solid,
    axisLabelVisible: false,
    title: '',
  });
  const drawn = new Map<string, ISeriesApi<'Line'>>();

  function seriesOf({ key, style }: Curve): ISeriesApi<'Line'> {
    const { color, dash } = lineStyleAt(style);
    const options = {
      ...common,
      color: colors.series[color]!,
      lineWidth: 2,
      lineStyle: dashes[dash],
    } as const;
    const series = drawn.get(key) ?? chart.addSeries(library.LineSeries);
    series.applyOptions(options);
    drawn.set(key, series);
    return series;
  }

  return ({ curves, buyAndHold: points, hidden }) => {
    const shown = curves.filter(({ key }) => !hidden.has(key));
    for (const [key, series] of drawn) {
      if (shown.some((curve) => curve.key === key)) continue;
      chart.removeSeries(series);
      drawn.delete(key);
    }
    for (const curve of shown) seriesOf(curve).setData(dataOf(curve.points));
    buyAndHold.setData(hidden.has(BUY_AND_HOLD) ? [] : dataOf(points));
    chart.timeScale().fitContent();
  };
}

function dataOf(points: Curve['points']) {
  return points.map(({ time, value }) => ({ time: time as UTCTimestamp, value }));
}
