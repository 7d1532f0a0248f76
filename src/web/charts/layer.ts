import type {
  IChartApi,
  IPrimitivePaneView,
  ISeriesApi,
  ISeriesPrimitive,
  Logical,
  PrimitiveHoveredItem,
  SeriesType,
  Time,
} from 'lightweight-charts';
import { barAt, type TimeGrid, timeAt } from './time-grid.ts';

/** Where times and values of a pane are, in CSS pixels from its top left corner. */
export interface PlotScale {
  readonly width: number;
  readonly height: number;
  /** Width of a bar with the space around it. */
  readonly barWidth: number;
  /** Times at the left and right edge, ms since the epoch. */
  readonly from: number;
  readonly to: number;
  x(time: number): number;
  y(value: number): number;
}

/** Something that is drawn in a pane, below (`bottom`) or above its series. It never widens the scale of values. */
export interface Layer {
  readonly zOrder: 'bottom' | 'normal';
  draw(context: CanvasRenderingContext2D, scale: PlotScale): void;
  /** The id of what can be clicked at a place. */
  hitTest?(x: number, y: number): string | undefined;
}

/**
 * Adds a layer to the pane of a series, whose scale of values it uses; returns how to have it drawn again.
 * @param gridOf bars of the chart at the time of drawing; nothing is drawn while it has none
 */
export function addLayer(
  chart: IChartApi,
  series: ISeriesApi<SeriesType>,
  gridOf: () => TimeGrid | undefined,
  layer: Layer,
): () => void {
  let update = () => {};
  const view: IPrimitivePaneView = {
    zOrder: () => layer.zOrder,
    renderer: () => ({
      draw: (target) =>
        target.useMediaCoordinateSpace(({ context, mediaSize }) => {
          const grid = gridOf();
          const scale = grid && scaleOf(chart, series, grid, mediaSize);
          if (scale === undefined) return;
          context.save();
          layer.draw(context, scale);
          context.restore();
        }),
    }),
  };
  const views = [view];
  const primitive: ISeriesPrimitive<Time> = {
    attached: ({ requestUpdate }) => {
      update = requestUpdate;
    },
    paneViews: () => views,
    hitTest: (x, y): PrimitiveHoveredItem | null => {
      const externalId = layer.hitTest?.(x, y);
      return externalId === undefined ? null : { externalId, zOrder: 'normal', cursorStyle: 'pointer' };
    },
  };
  series.attachPrimitive(primitive);
  return () => update();
}

function scaleOf(
  chart: IChartApi,
  series: ISeriesApi<SeriesType>,
  grid: TimeGrid,
  { width, height }: { readonly width: number; readonly height: number },
): PlotScale | undefined {
  const timeScale = chart.timeScale();
  const x0 = timeScale.logicalToCoordinate(0 as Logical);
  const x1 = timeScale.logicalToCoordinate(1 as Logical);
  const y0 = series.priceToCoordinate(0);
  const y1 = series.priceToCoordinate(1);
  if (x0 === null || x1 === null || y0 === null || y1 === null) return undefined;
  // Both scales are linear, so two points of each tell where all others are.
  const barWidth = x1 - x0;
  const slope = y1 - y0;
  return {
    ...{ width, height, barWidth },
    from: timeAt(grid, -x0 / barWidth),
    to: timeAt(grid, (width - x0) / barWidth),
    x: (time) => x0 + barAt(grid, time) * barWidth,
    y: (value) => y0 + value * slope,
  };
}
