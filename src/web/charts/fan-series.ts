import type { ICustomSeriesPaneView, ISeriesApi, Time } from 'lightweight-charts';
import { PRICE_FORMAT } from './candle-chart.ts';
import type { ChartContext, ChartLibrary } from './chart.tsx';
import type { FanPoint } from './forecast-points.ts';

export interface FanStyle {
  /** Of the middle line. */
  readonly color: string;
  readonly fill: string;
  readonly edge: string;
  readonly dash: readonly number[];
  /** CSS pixels. */
  readonly width: number;
}

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
  { chart, library }: Pick<ChartContext, 'chart' | 'library'>,
  style: FanStyle,
): Pick<ISeriesApi<'Custom', Time, FanItem>, 'setData'> {
  return chart.addCustomSeries(fanView(library, style), {
    lastValueVisible: false,
    priceLineVisible: false,
    priceFormat: PRICE_FORMAT,
  });
}

function fanView(library: ChartLibrary, style: FanStyle): PaneView {
  let update: Update | undefined;
  return {
    update(data) {
      update = data;
    },
    renderer: () => ({
      draw: (target, toCoordinate) => {
        if (update !== undefined) drawFan(target, toCoordinate, update, style);
      },
    }),
    priceValueBuilder: ({ low, mid, high }) => [low, high, mid],
    isWhitespace: (item): item is typeof item & { readonly time: Time } => !('mid' in item),
    defaultOptions: () => ({ ...library.customSeriesDefaultOptions, color: style.color }),
  };
}

function drawFan(target: Target, toCoordinate: ToCoordinate, update: Update, style: FanStyle): void {
  const { bars: items, visibleRange } = update;
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
      context.fillStyle = style.fill;
      context.fill(band);
      context.lineJoin = 'round';
      context.lineWidth = vertical;
      context.strokeStyle = style.edge;
      context.stroke(pathOf('top'));
      context.stroke(pathOf('bottom'));
      context.lineWidth = style.width * vertical;
      context.strokeStyle = style.color;
      context.setLineDash(style.dash.map((length) => length * horizontal));
      context.stroke(pathOf('middle'));
    },
  );
}
