import type { IChartApi, IPriceLine, UTCTimestamp } from 'lightweight-charts';
import type { PositionAnswer } from '../../http/accounts/schema.ts';
import { addCandles, type ChartCandle, candleData } from './candle-chart.ts';
import type { ChartContext } from './chart.tsx';
import { secondsOf } from './chart-time.ts';
import { addFan } from './fan-series.ts';
import { type Forecast, forecastPoints } from './forecast-points.ts';
import { tradeMarks } from './trade-marks.ts';

/** What a chart of a market and of an account in it shows; parts that stay the same are not drawn again. */
export interface MarketChartData {
  /** Closed 15-minute candles, oldest first. */
  readonly candles: readonly ChartCandle[];
  /** The candle that is not closed yet. */
  readonly running: ChartCandle | undefined;
  /** Made on the newest candle. */
  readonly forecast: Forecast | undefined;
  /** Made earlier, to be held against what came. */
  readonly past: Forecast | undefined;
  readonly trades: readonly PositionAnswer[];
  readonly lots: readonly PositionAnswer[];
  /** The oldest candles have come into view. */
  readonly onOldest: () => void;
  /** The pointer rests on a candle or a step of the forecast (its open time, in seconds), or left the chart. */
  readonly onPoint: (time: number | undefined) => void;
}

/** Candles from the left edge at which older ones are wanted. */
const OLDEST_MARGIN = 20;
/** With more lots their lines are faint and without titles, and those of entries are left to the marks. */
const MOST_TITLES = 2;
const FAINT = 0.4;
const FORECAST_STEPS = 192;
/** CSS pixels per candle at first. */
const FIRST_SPACING = 3.2;

/** Candlesticks with forecasts as fans, marks of entries and exits, and the lines of open lots. */
export function setUpMarket(context: ChartContext): (data: MarketChartData) => void {
  const { chart, library, colors } = context;
  const past = addFan(context, {
    color: colors.series[3]!,
    fill: colors.fade(colors.series[3]!, 0.12),
    edge: colors.fade(colors.series[3]!, 0.5),
    dash: [5, 4],
    width: 1.5,
  });
  const fan = addFan(context, {
    color: colors.accent,
    fill: colors.fade(colors.accent, 0.13),
    edge: colors.fade(colors.accent, 0.4),
    dash: [],
    width: 1.75,
  });
  const candles = addCandles(context);
  candles.applyOptions({ lastValueVisible: true, priceLineVisible: true, priceLineColor: colors.text });
  const marks = library.createSeriesMarkers(candles, []);
  let lines: IPriceLine[] = [];
  let drawn: MarketChartData | undefined;

  chart.timeScale().subscribeVisibleLogicalRangeChange((range) => {
    if (range !== null && range.from < OLDEST_MARGIN) drawn?.onOldest();
  });
  chart.subscribeCrosshairMove(({ time }) => drawn?.onPoint(time as number | undefined));

  const drawLines = (lots: readonly PositionAnswer[]) => {
    for (const line of lines) candles.removePriceLine(line);
    const isFew = lots.length <= MOST_TITLES;
    const { LineStyle } = library;
    lines = lots.flatMap(({ entry_price, stop_loss, take_profit }) =>
      [
        ...(isFew
          ? [{ title: 'entry', price: entry_price, color: colors.text, lineStyle: LineStyle.Solid }]
          : []),
        { title: 'stop', price: stop_loss, color: colors.down, lineStyle: LineStyle.Dashed },
        { title: 'target', price: take_profit, color: colors.up, lineStyle: LineStyle.Dotted },
      ].map(({ title, color, ...line }) =>
        candles.createPriceLine({
          ...line,
          color: isFew ? color : colors.fade(color, FAINT),
          title: isFew ? title : '',
          lineWidth: 1,
          axisLabelVisible: isFew,
        }),
      ),
    );
  };

  return (data) => {
    const before = drawn;
    drawn = data;
    if (data.candles !== before?.candles) {
      candles.setData(data.candles.map(candleData));
      if (data.running !== undefined) candles.update(candleData(data.running));
    } else if (data.running !== undefined && data.running !== before.running) {
      candles.update(candleData(data.running));
    }
    if (data.forecast !== before?.forecast) fan.setData(pointsOf(data.forecast));
    if (data.past !== before?.past) past.setData(pointsOf(data.past));
    const hasOtherTrades = data.trades !== before?.trades || data.lots !== before.lots;
    if (hasOtherTrades || data.candles !== before?.candles) {
      const from = data.candles[0] === undefined ? 0 : secondsOf(data.candles[0].open_time);
      marks.setMarkers(tradeMarks([...data.trades, ...data.lots], colors, from as UTCTimestamp));
    }
    if (data.lots !== before?.lots) drawLines(data.lots);
    if (data.past !== before?.past && data.past !== undefined) showPast(chart, data, data.past);
  };
}

/** The newest candles and, beside them, as much of the forecast as there is room for. */
export function showNewest(chart: IChartApi, { candles, forecast, past }: MarketChartData): void {
  if (past !== undefined) return;
  const bars = chart.chartElement().clientWidth / FIRST_SPACING;
  const ahead = forecast === undefined ? 8 : Math.min(FORECAST_STEPS, Math.round(bars * 0.45));
  const newest = candles.length - 1;
  chart.timeScale().setVisibleLogicalRange({ from: newest - (bars - ahead), to: newest + ahead });
}

/** A day before an earlier forecast, and all of it; nothing moves where it is seen already. */
function showPast(chart: IChartApi, { candles }: MarketChartData, { asOf }: Forecast): void {
  const start = candles.findIndex(({ open_time }) => open_time >= asOf);
  const index = start === -1 ? candles.length : start;
  chart
    .timeScale()
    .setVisibleLogicalRange({ from: index - FORECAST_STEPS / 2, to: index + FORECAST_STEPS * 1.1 });
}

function pointsOf(forecast: Forecast | undefined) {
  return forecast === undefined ? [] : forecastPoints(forecast);
}
