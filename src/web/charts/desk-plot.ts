import type { AutoscaleInfo, LogicalRange, MouseEventParams, Time, UTCTimestamp } from 'lightweight-charts';
import { utcDay, utcDayHour, utcHour } from '../format/time.ts';
import { indexAt } from './chart-candle.ts';
import { deskLayers } from './desk-layers.ts';
import type { DeskPlotData } from './desk-plot-data.ts';
import { addPriceSeries, candleData } from './desk-series.ts';
import { equityPanes } from './equity-panes.ts';
import { addLayer } from './layer.ts';
import type { Levels } from './level-layer.ts';
import { barAt, emptyBars, timeAt } from './time-grid.ts';
import type { ChartContext } from './use-chart.ts';

/** What a reader does on the chart. */
export interface DeskPlotEvents {
  /** The time of the bar under the pointer; undefined when it leaves the chart. */
  onPointer(time: number | undefined): void;
  /** A click on the bar that begins at this time. */
  onCandle(time: number): void;
  /** A click on the label of a position. */
  onPosition(id: string): void;
  /** The visible range has changed. */
  onRange(from: number, to: number): void;
}

/** The chart of the desk. */
export interface DeskPlot {
  draw(data: DeskPlotData): void;
  listen(events: DeskPlotEvents): void;
  /** Shows a range; it may reach beyond the data. */
  show(from: number, to: number): void;
  visible(): { readonly from: number; readonly to: number } | undefined;
  /** Puts the crosshair on the candle of an instant, and scrolls there if needed; undefined takes it away. */
  moveCrosshair(time: number | undefined): void;
}

/** Sets up price, volume, forecasts and positions, and below them equity and drawdown, on one axis of time. */
export function setUpDeskPlot(context: ChartContext): DeskPlot {
  const { chart } = context;
  let drawn: DeskPlotData | undefined;
  let events: DeskPlotEvents | undefined;
  let isPlaced = false;
  const timeScale = chart.timeScale();
  chart.applyOptions(timeOptions(context));

  const { bars, volume, candles, tag } = addPriceSeries(context, (base) => {
    const to = visible()?.to;
    const levels = drawn?.levels;
    return levels === undefined || to === undefined || to < levels.from ? base() : withLevels(base(), levels);
  });
  const gridOf = () => drawn?.grid;
  const { layers, positionAt } = deskLayers(context, () => drawn);
  const redraws = layers.map((layer) => addLayer(chart, candles, gridOf, layer));
  const money = equityPanes(context, gridOf, () => drawn);

  chart.subscribeCrosshairMove(({ time }) => events?.onPointer(millisecondsOf(time)));
  const onClick = ({ time, point, paneIndex }: MouseEventParams) => {
    const position = paneIndex === 0 && point !== undefined ? positionAt(point.x, point.y) : undefined;
    if (position !== undefined) events?.onPosition(position);
    else if (time !== undefined) events?.onCandle(millisecondsOf(time)!);
  };
  chart.subscribeClick(onClick);
  // The library reports the second of two quick clicks like this only.
  chart.subscribeDblClick(onClick);
  timeScale.subscribeVisibleLogicalRangeChange(() => {
    const range = visible();
    // What the library shows before the first range was chosen is of no interest.
    if (range !== undefined && isPlaced) events?.onRange(range.from, range.to);
  });

  function visible(grid = drawn?.grid) {
    const range = timeScale.getVisibleLogicalRange();
    if (range === null || grid === undefined) return undefined;
    return { from: timeAt(grid, range.from), to: timeAt(grid, range.to) };
  }

  function show(from: number, to: number): void {
    if (drawn === undefined) return;
    const { grid } = drawn;
    isPlaced = true;
    timeScale.setVisibleLogicalRange({ from: barAt(grid, from), to: barAt(grid, to) } as LogicalRange);
  }

  function draw(data: DeskPlotData): void {
    const before = drawn;
    const kept = before !== undefined && data.grid !== before.grid ? visible(before.grid) : undefined;
    drawn = data;
    if (data.grid !== before?.grid) bars.setData(emptyBars(data.grid));
    if (data.candles !== before?.candles) {
      candles.setData(data.candles.map(candleData));
      volume.setData(
        data.candles.map(({ time, volume: value }) => ({ time: (time / 1000) as UTCTimestamp, value })),
      );
    }
    const { forming } = data;
    if (forming !== undefined && (forming !== before?.forming || data.candles !== before.candles)) {
      candles.update(candleData(forming));
    }
    const last = (forming ?? data.candles.at(-1))?.close;
    if (last !== undefined) tag.applyOptions({ price: last, lineVisible: true, axisLabelVisible: true });
    money.draw(data, before);
    if (kept !== undefined) showAgain(kept, before?.marks.now, data.marks.now);
    redraws[0]?.();
  }

  /** Keeps the range in view; where it reached into the future, it moves with the newest candle. */
  function showAgain({ from, to }: { from: number; to: number }, before = 0, now = 0): void {
    const moved = before > 0 && to > before ? now - before : 0;
    show(from + moved, to + moved);
  }

  function moveCrosshair(time: number | undefined): void {
    const candle = time === undefined ? undefined : drawn?.candles[indexAt(drawn.candles, time)];
    const range = visible();
    if (candle === undefined || range === undefined) {
      chart.clearCrosshairPosition();
      return;
    }
    const { from, to } = range;
    const margin = (to - from) / 20;
    const moved =
      candle.time < from + margin ? candle.time - from - margin : Math.max(0, candle.time - to + margin);
    if (moved !== 0) show(from + moved, to + moved);
    chart.setCrosshairPosition(candle.close, (candle.time / 1000) as UTCTimestamp, candles);
  }

  return {
    draw,
    show,
    visible,
    listen: (listener) => {
      events = listener;
    },
    moveCrosshair,
  };
}

function millisecondsOf(time: Time | undefined): number | undefined {
  return time === undefined ? undefined : (time as UTCTimestamp) * 1000;
}

function timeOptions({ library }: ChartContext) {
  return {
    localization: { timeFormatter: (time: Time) => utcDayHour((time as UTCTimestamp) * 1000) },
    timeScale: {
      minBarSpacing: 0.1,
      allowBoldLabels: false,
      enableConflation: true,
      lockVisibleTimeRangeOnResize: true,
      tickMarkFormatter: (time: Time, kind: number) =>
        kind < library.TickMarkType.Time
          ? utcDay((time as UTCTimestamp) * 1000)
          : utcHour((time as UTCTimestamp) * 1000),
    },
  };
}

/** The scale of prices, made wide enough for the levels of a position. */
function withLevels(info: AutoscaleInfo | null, { entry, stop, target }: Levels): AutoscaleInfo | null {
  if (info?.priceRange == null) return info;
  const { minValue, maxValue } = info.priceRange;
  return {
    priceRange: {
      minValue: Math.min(minValue, entry, stop, target),
      maxValue: Math.max(maxValue, entry, stop, target),
    },
  };
}
