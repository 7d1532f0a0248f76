import type { ISeriesApi, UTCTimestamp } from 'lightweight-charts';
import { showAllData } from '../../charts/chart.tsx';
import type { ChartContext } from '../../charts/use-chart.ts';
import { fixed, percent } from '../../format/numbers.ts';
import { type Curve, type Curves, HOLDING } from './curves.ts';
import { lineStyleAt } from './line-styles.ts';

export interface CurveChartData extends Curves {
  /** First minus second curve in points; empty unless there are two. */
  readonly difference: Curve['points'];
  /** Keys of the curves that are hidden. */
  readonly hidden: ReadonlySet<string>;
}

/** Height of the difference beside that of the curves. */
const DIFFERENCE_SHARE = 0.35;

/** Draws curves in percent of their start with holding, and in a pane below them the difference of two. */
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
  const holdingSeries = chart.addSeries(library.LineSeries, {
    ...common,
    color: colors.hold,
    lineWidth: 1,
    lineStyle: LineStyle.Dashed,
    lastValueVisible: false,
  });
  holdingSeries.createPriceLine({
    price: 0,
    color: colors.grid,
    lineWidth: 1,
    lineStyle: LineStyle.Solid,
    axisLabelVisible: false,
    title: '',
  });
  const drawn = new Map<string, ISeriesApi<'Line'>>();
  let differenceSeries: ISeriesApi<'Baseline'> | undefined;

  /** A pane exists as long as it has a series. */
  function drawDifference(points: Curve['points']): void {
    if (points.length === 0) {
      if (differenceSeries !== undefined) chart.removeSeries(differenceSeries);
      differenceSeries = undefined;
      return;
    }
    const [first, second] = [colors.series[0]!, colors.series[1]!];
    differenceSeries ??= chart.addSeries(
      library.BaselineSeries,
      {
        ...common,
        priceFormat: { type: 'custom', formatter: (value: number) => fixed(value), minMove: 0.01 },
        baseValue: { type: 'price', price: 0 },
        lineWidth: 1,
        topLineColor: first,
        topFillColor1: colors.fade(first, 0.25),
        topFillColor2: colors.fade(first, 0.05),
        bottomLineColor: second,
        bottomFillColor1: colors.fade(second, 0.05),
        bottomFillColor2: colors.fade(second, 0.25),
      },
      1,
    );
    chart.panes()[1]?.setStretchFactor(DIFFERENCE_SHARE);
    differenceSeries.setData(dataOf(points));
  }

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

  return ({ curves, holding, difference, hidden }) => {
    const shown = curves.filter(({ key }) => !hidden.has(key));
    for (const [key, series] of drawn) {
      if (shown.some((curve) => curve.key === key)) continue;
      chart.removeSeries(series);
      drawn.delete(key);
    }
    for (const curve of shown) seriesOf(curve).setData(dataOf(curve.points));
    holdingSeries.setData(hidden.has(HOLDING) ? [] : dataOf(holding));
    drawDifference(difference);
    chart.timeScale().fitContent();
  };
}

function dataOf(points: Curve['points']) {
  return points.map(({ time, value }) => ({ time: time as UTCTimestamp, value }));
}
