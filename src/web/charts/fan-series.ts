import type { ICustomSeriesPaneView, ISeriesApi, Time } from 'lightweight-charts';
import { PRICE_FORMAT } from './candle-chart.ts';
import type { ChartContext } from './chart.tsx';
import type { ChartColors } from './chart-colors.ts';
import type { FanPoint } from './forecast-points.ts';

export interface FanStyle {
  /** Of the middle line; edges and fill are paler. */
  readonly color: string;
  readonly dash: readonly number[];
  /** CSS pixels. */
  readonly width: number;
}

const FILL_OPACITY = 0.13;
const EDGE_OPACITY = 0.45;

type PaneView = ICustomSeriesPaneView<Time, FanItem>;
type Update = Parameters<PaneView['update']>[0];
type Draw = ReturnType<PaneView['renderer']>['draw'];
type Target = Parameters<Draw>[0];
type ToCoordinate = Parameters<Draw>[1];

interface FanItem extends Omit<FanPoint, 'time'> {
  readonly time: Time;
}

/** Adds a series that draws a forecast as a fan: the band between the low and high quantiles, and the middle line. */
export function addFan(
  { chart, library, colors }: ChartContext,
  style: FanStyle,
): Pick<ISeriesApi<'Custom', Time, FanItem>, 'setData'> {
  const defaults = { ...library.customSeriesDefaultOptions, color: style.color };
  return chart.addCustomSeries(fanView(style, colors, defaults), {
    lastValueVisible: false,
    priceLineVisible: false,
    priceFormat: PRICE_FORMAT,
  });
}

function fanView(
  style: FanStyle,
  colors: ChartColors,
  defaults: ReturnType<PaneView['defaultOptions']>,
): PaneView {
  let update: Update | undefined;
  return {
    update(data) {
      update = data;
    },
    renderer: () => ({
      draw: (target, toCoordinate) => {
        if (update !== undefined) drawFan(target, toCoordinate, update, style, colors);
      },
    }),
    priceValueBuilder: ({ low, mid, high }) => [low, high, mid],
    isWhitespace: (item): item is typeof item & { readonly time: Time } => !('mid' in item),
    defaultOptions: () => defaults,
  };
}

function drawFan(
  target: Target,
  toCoordinate: ToCoordinate,
  { bars: items, visibleRange }: Update,
  { color, dash, width }: FanStyle,
  { fade }: ChartColors,
): void {
  if (visibleRange === null) return;
  target.useBitmapCoordinateSpace(
    ({ context, horizontalPixelRatio: horizontal, verticalPixelRatio: vertical }) => {
      const points = items
        .slice(Math.max(0, visibleRange.from - 1), visibleRange.to + 1)
        .map(({ x, originalData: { low, mid, high } }) => ({
          x: x * horizontal,
          top: (toCoordinate(high) ?? 0) * vertical,
          middle: (toCoordinate(mid) ?? 0) * vertical,
          bottom: (toCoordinate(low) ?? 0) * vertical,
        }));
      const pathOf = (key: 'top' | 'middle' | 'bottom') => {
        const path = new Path2D();
        for (const point of points) path.lineTo(point.x, point[key]);
        return path;
      };
      const band = pathOf('top');
      for (const { x, bottom } of points.toReversed()) band.lineTo(x, bottom);
      band.closePath();
      context.fillStyle = fade(color, FILL_OPACITY);
      context.fill(band);
      context.lineJoin = 'round';
      context.lineWidth = vertical;
      context.strokeStyle = fade(color, EDGE_OPACITY);
      context.stroke(pathOf('top'));
      context.stroke(pathOf('bottom'));
      context.lineWidth = width * vertical;
      context.strokeStyle = color;
      context.setLineDash(dash.map((length) => length * horizontal));
      context.stroke(pathOf('middle'));
    },
  );
}
