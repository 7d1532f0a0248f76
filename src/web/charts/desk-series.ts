import type { AutoscaleInfo, UTCTimestamp } from 'lightweight-charts';
import { fixed, percent, price } from '../format/numbers.ts';
import { labelPrice } from './canvas-text.ts';
import type { ChartCandle } from './chart-candle.ts';
import type { EquityPoint } from './equity-layer.ts';
import { lastOfEachBar, type TimeGrid } from './time-grid.ts';
import type { ChartContext } from './use-chart.ts';

/** Heights of the panes for price, equity and drawdown. */
const STRETCH = [0.7, 0.19, 0.11] as const;
/** A drawdown below this does not fill its pane, in percent. */
const SMALLEST_DRAWDOWN = 0.5;
const AXIS_WIDTH = 58;

const PRICE_FORMAT = {
  type: 'custom',
  formatter: price,
  tickmarksFormatter: (prices: readonly number[]) => prices.map(labelPrice),
  minMove: 1e-8,
} as const;

const PERCENT_FORMAT = {
  type: 'custom',
  formatter: (value: number) => percent(value),
  tickmarksFormatter: (values: readonly number[]) => {
    const digits = values.every(Number.isInteger)
      ? 0
      : values.every((value) => Number.isInteger(value * 10))
        ? 1
        : 2;
    return values.map((value) => percent(value, digits));
  },
  minMove: 0.01,
} as const;

const QUIET = { priceLineVisible: false, lastValueVisible: false, crosshairMarkerVisible: false } as const;

type Autoscale = (base: () => AutoscaleInfo | null) => AutoscaleInfo | null;

/** Adds volume and candles; rising candles are hollow, so that color is not needed. */
export function addPriceSeries({ chart, library, colors }: ChartContext, autoscaleInfoProvider: Autoscale) {
  const bars = chart.addSeries(library.LineSeries, {
    ...QUIET,
    visible: false,
    priceScaleId: 'bars',
  });
  const volume = chart.addSeries(library.HistogramSeries, {
    ...QUIET,
    priceScaleId: 'volume',
    color: colors.fade(colors.text, 0.25),
    priceFormat: { type: 'custom', formatter: (value: number) => fixed(value, 0), minMove: 1e-8 },
  });
  volume.priceScale().applyOptions({ scaleMargins: { top: 0.87, bottom: 0 } });
  const candles = chart.addSeries(library.CandlestickSeries, {
    ...QUIET,
    upColor: colors.surface,
    downColor: colors.short,
    borderUpColor: colors.long,
    borderDownColor: colors.short,
    wickUpColor: colors.long,
    wickDownColor: colors.short,
    priceFormat: PRICE_FORMAT,
    autoscaleInfoProvider,
  });
  candles.priceScale().applyOptions({
    // Above the highest candle is room for a label, and above that for the numbers under the crosshair.
    scaleMargins: { top: 0.13, bottom: 0.14 },
    minimumWidth: AXIS_WIDTH,
    tickMarkDensity: 4,
    entireTextOnly: true,
  });
  const tag = candles.createPriceLine({
    price: 0,
    color: colors.fade(colors.text, 0.7),
    lineWidth: 1,
    lineStyle: library.LineStyle.Dotted,
    lineVisible: false,
    axisLabelVisible: false,
    axisLabelColor: colors.ink,
    axisLabelTextColor: colors.surface,
    title: '',
  });
  return { bars, volume, candles, tag };
}

/** Adds the panes of equity against holding, and of drawdown. */
export function addEquitySeries({ chart, library, colors }: ChartContext) {
  const line = { ...QUIET, priceFormat: PERCENT_FORMAT } as const;
  const holding = chart.addSeries(
    library.LineSeries,
    { ...line, color: colors.hold, lineWidth: 1, lineStyle: library.LineStyle.LargeDashed },
    1,
  );
  const account = chart.addSeries(library.LineSeries, { ...line, color: colors.ink, lineWidth: 2 }, 1);
  const drawdown = chart.addSeries(
    library.BaselineSeries,
    {
      ...line,
      baseValue: { type: 'price', price: 0 },
      lineWidth: 1,
      topLineColor: colors.short,
      bottomLineColor: colors.short,
      topFillColor1: colors.fade(colors.short, 0),
      topFillColor2: colors.fade(colors.short, 0),
      bottomFillColor1: colors.fade(colors.short, 0.2),
      bottomFillColor2: colors.fade(colors.short, 0.2),
      autoscaleInfoProvider: ((base) => {
        const lowest = Math.min(-SMALLEST_DRAWDOWN, base()?.priceRange?.minValue ?? 0);
        return { priceRange: { minValue: lowest, maxValue: 0 } };
      }) satisfies Autoscale,
    },
    2,
  );
  const small = { minimumWidth: AXIS_WIDTH, tickMarkDensity: 2.5, entireTextOnly: true };
  account.priceScale().applyOptions({ ...small, scaleMargins: { top: 0.2, bottom: 0.1 } });
  drawdown
    .priceScale()
    .applyOptions({ ...small, tickMarkDensity: 1.8, scaleMargins: { top: 0.3, bottom: 0.12 } });
  for (const [index, pane] of chart.panes().entries()) pane.setStretchFactor(STRETCH[index]!);
  return {
    ...{ holding, account, drawdown },
    setData(grid: TimeGrid, points: readonly EquityPoint[]) {
      const known = lastOfEachBar(grid, points);
      account.setData(known.map(({ time, point }) => ({ time, value: point.account })));
      drawdown.setData(known.map(({ time, point }) => ({ time, value: point.drawdown })));
      holding.setData(
        known.flatMap(({ time, point }) => (point.holding === null ? [] : [{ time, value: point.holding }])),
      );
    },
    remove() {
      for (const series of [holding, account, drawdown]) chart.removeSeries(series);
    },
  };
}

/** A candle as the library takes it. */
export function candleData({ time, open, high, low, close }: ChartCandle) {
  return { time: (time / 1000) as UTCTimestamp, open, high, low, close };
}
