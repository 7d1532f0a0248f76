import type { IChartApi, IPriceLine, UTCTimestamp } from 'lightweight-charts';
import type { PositionAnswer } from '../../http/positions/schema.ts';
import { addCandles, type ChartCandle, candleData } from './candle-chart.ts';
import type { ChartContext } from './chart.tsx';
import { secondsOf } from './chart-time.ts';
import { addFan } from './fan-series.ts';
import { type Forecast, forecastPoints } from './forecast-points.ts';
import { tradeMarkers } from './trade-markers.ts';

/** What a chart of a market and of an account shows. What is the same object as before is not drawn again. */
export interface MarketChartData {
  /** Closed decision candles, oldest first. */
  readonly candles: readonly ChartCandle[];
  /** Length of a decision candle. */
  readonly candleMs: number;
  /** The decision candle that is not closed yet. */
  readonly forming: ChartCandle | undefined;
  /** The forecast of the newest candle. */
  readonly forecast: Forecast | undefined;
  /** An earlier forecast, to compare with what happened. */
  readonly pastForecast: Forecast | undefined;
  readonly trades: readonly PositionAnswer[];
  readonly lots: readonly PositionAnswer[];
  /** Called when the oldest candles come into view. */
  readonly onOldestVisible: () => void;
  /** Called with the time under the pointer (open time, in seconds), or undefined when it leaves the chart. */
  readonly onPointerMove: (time: number | undefined) => void;
}

/** Older candles are loaded when the left edge is this many candles away. */
const LOAD_MARGIN = 20;
/** With more lots than this their lines are faint and untitled, and their entries are shown by markers only. */
const MAX_TITLED_LOTS = 2;
const FAINT = 0.4;
/** Initial width of a candle in CSS pixels, at least. */
const CANDLE_WIDTH = 3.2;
/** The forecast takes at most this share of the width at first. */
const FORECAST_SHARE = 0.45;
/** A short forecast takes at least this share of it: candles are wider then. */
const MIN_FORECAST_SHARE = 0.15;
/** At least this many candles are shown before an earlier forecast. */
const MIN_CANDLES_BEFORE = 48;

/** Draws candles, forecasts as fans, markers of entries and exits, and lines of open lots. */
export function setUpMarket(context: ChartContext): (data: MarketChartData) => void {
  const { chart, library, colors } = context;
  const past = addFan(context, { color: colors.series[3]!, dash: [5, 4], width: 1.5 });
  const fan = addFan(context, { color: colors.model, dash: [], width: 1.75 });
  const candles = addCandles(context);
  candles.applyOptions({ lastValueVisible: true, priceLineVisible: true, priceLineColor: colors.text });
  const markers = library.createSeriesMarkers(candles, []);
  let lines: IPriceLine[] = [];
  let drawn: MarketChartData | undefined;

  chart.timeScale().subscribeVisibleLogicalRangeChange((range) => {
    if (range !== null && range.from < LOAD_MARGIN) drawn?.onOldestVisible();
  });
  chart.subscribeCrosshairMove(({ time }) => drawn?.onPointerMove(time as number | undefined));

  const drawLotLines = (lots: readonly PositionAnswer[]) => {
    for (const line of lines) candles.removePriceLine(line);
    const isTitled = lots.length <= MAX_TITLED_LOTS;
    const { LineStyle } = library;
    lines = lots.flatMap(({ entry_price, stop_loss, take_profit }) =>
      [
        ...(isTitled
          ? [{ title: 'entry', price: entry_price, color: colors.text, lineStyle: LineStyle.Solid }]
          : []),
        { title: 'stop', price: stop_loss, color: colors.short, lineStyle: LineStyle.Dashed },
        { title: 'target', price: take_profit, color: colors.long, lineStyle: LineStyle.Dotted },
      ].map(({ title, color, ...line }) =>
        candles.createPriceLine({
          ...line,
          color: isTitled ? color : colors.fade(color, FAINT),
          title: isTitled ? title : '',
          lineWidth: 1,
          axisLabelVisible: isTitled,
        }),
      ),
    );
  };

  return (data) => {
    const before = drawn;
    drawn = data;
    const hasNewCandles = data.candles !== before?.candles;
    if (hasNewCandles) candles.setData(data.candles.map(candleData));
    if (data.forming !== undefined && (hasNewCandles || data.forming !== before.forming)) {
      candles.update(candleData(data.forming));
    }
    if (data.forecast !== before?.forecast) fan.setData(pointsOf(data.forecast));
    if (data.pastForecast !== before?.pastForecast) past.setData(pointsOf(data.pastForecast));
    if (hasNewCandles || data.trades !== before.trades || data.lots !== before.lots) {
      const from = data.candles[0] === undefined ? 0 : secondsOf(data.candles[0].open_time);
      markers.setMarkers(
        tradeMarkers([...data.trades, ...data.lots], colors, from as UTCTimestamp, data.candleMs),
      );
    }
    if (data.lots !== before?.lots) drawLotLines(data.lots);
    if (data.pastForecast !== before?.pastForecast && data.pastForecast !== undefined) {
      showPastForecast(chart, data, data.pastForecast);
    }
  };
}

/** Shows the newest candles and as much of the forecast as fits beside them. */
export function showNewest(chart: IChartApi, { candles, forecast, pastForecast }: MarketChartData): void {
  if (pastForecast !== undefined) return;
  const steps = forecast?.values.length;
  const fitting = chart.chartElement().clientWidth / CANDLE_WIDTH;
  const visible = steps === undefined ? fitting : Math.min(fitting, steps / MIN_FORECAST_SHARE);
  const ahead = steps === undefined ? 8 : Math.min(steps + 1, Math.round(visible * FORECAST_SHARE));
  const newest = candles.length - 1;
  chart.timeScale().setVisibleLogicalRange({ from: newest - (visible - ahead), to: newest + ahead });
}

/** Shows an earlier forecast and half as many candles before it. */
function showPastForecast(chart: IChartApi, { candles }: MarketChartData, { asOf, values }: Forecast): void {
  const found = candles.findIndex(({ open_time }) => open_time >= asOf);
  const start = found === -1 ? candles.length : found;
  const before = Math.max(MIN_CANDLES_BEFORE, values.length / 2);
  chart.timeScale().setVisibleLogicalRange({ from: start - before, to: start + values.length * 1.1 });
}

function pointsOf(forecast: Forecast | undefined) {
  return forecast === undefined ? [] : forecastPoints(forecast);
}
