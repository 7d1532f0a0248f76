import { canvasFont, labelPrice, writeText } from './canvas-text.ts';
import type { ChartColors } from './chart-colors.ts';
import {
  bandOpacity,
  drawnPoints,
  endOf,
  type Fan,
  lineOpacity,
  quantilesAt,
  startOf,
} from './forecast-points.ts';
import type { Layer, PlotScale } from './layer.ts';

/** A forecast of the past, and how many horizons ago it was made. */
export interface PastFan {
  readonly fan: Fan;
  /** 1 for the newest. */
  readonly age: number;
}

export interface Fans {
  readonly past: readonly PastFan[];
  /** The forecast of the newest candle. */
  readonly current: Fan | undefined;
  /** The forecast of the selected candle. */
  readonly selected: Fan | undefined;
}

const CURRENT_OPACITY = 0.17;
const EDGE_OPACITY = 0.6;
/** CSS pixels between points of a path, at least. */
const RESOLUTION = 1.5;
const MARGIN = 4;

/** Forecasts: the bands between their low and high quantiles, and their middle lines. */
export function fanLayer(read: () => Fans | undefined, colors: ChartColors): Layer {
  return {
    zOrder: 'bottom',
    draw(context, scale) {
      const { past, current, selected } = read() ?? { past: [], current: undefined, selected: undefined };
      for (const { fan, age } of past) {
        if (!isInView(fan, scale)) continue;
        drawFan(context, scale, fan, colors, {
          band: bandOpacity(age),
          line: lineOpacity(age),
          isPast: true,
        });
      }
      for (const fan of [selected, current]) {
        if (fan === undefined || !isInView(fan, scale)) continue;
        drawFan(context, scale, fan, colors, { band: CURRENT_OPACITY, line: 1, isPast: fan !== current });
        drawEdges(context, scale, fan, colors);
      }
    },
  };
}

/** The prices at which the newest forecast ends; an arrow where that is beyond the scale. */
export function fanLabelLayer(read: () => Fan | undefined, colors: ChartColors, family: string): Layer {
  return {
    zOrder: 'normal',
    draw(context, scale) {
      const fan = read();
      if (fan === undefined || !isInView(fan, scale)) return;
      const end = Math.min(endOf(fan), scale.to);
      const [low, , high] = quantilesAt(fan, end)!;
      context.font = canvasFont(family, 600);
      context.textAlign = 'right';
      const x = scale.x(end) - MARGIN;
      for (const [value, above] of [
        [high, true],
        [low, false],
      ] as const) {
        const y = scale.y(value);
        const place = above ? Math.max(16, y - 7) : Math.min(scale.height - 10, y + 15);
        const arrow = y < 0 ? '▲ ' : y > scale.height ? '▼ ' : '';
        writeText(context, arrow + labelPrice(value), x, place, colors.model, colors);
      }
    },
  };
}

interface FanLook {
  readonly band: number;
  readonly line: number;
  readonly isPast: boolean;
}

function drawFan(
  context: CanvasRenderingContext2D,
  scale: PlotScale,
  fan: Fan,
  colors: ChartColors,
  { band, line, isPast }: FanLook,
): void {
  const points = pointsInView(scale, fan);
  context.fillStyle = colors.fade(colors.model, band);
  context.beginPath();
  trace(context, scale, fan, 'high', points);
  for (let index = points.length - 1; index >= 0; index--) {
    const point = points[index]!;
    context.lineTo(scale.x(fan.times[point]!), scale.y(fan.low[point]!));
  }
  context.fill();
  context.lineWidth = isPast ? 1 : 1.8;
  context.setLineDash(isPast ? [3, 3] : []);
  context.strokeStyle = colors.fade(colors.model, line);
  context.beginPath();
  trace(context, scale, fan, 'mid', points);
  context.stroke();
  context.setLineDash([]);
}

function drawEdges(context: CanvasRenderingContext2D, scale: PlotScale, fan: Fan, colors: ChartColors): void {
  const points = pointsInView(scale, fan);
  context.lineWidth = 1;
  context.strokeStyle = colors.fade(colors.model, EDGE_OPACITY);
  for (const edge of ['low', 'high'] as const) {
    context.beginPath();
    trace(context, scale, fan, edge, points);
    context.stroke();
  }
}

function isInView(fan: Fan, { from, to }: PlotScale): boolean {
  return startOf(fan) <= to && endOf(fan) >= from;
}

function pointsInView(scale: PlotScale, fan: Fan): number[] {
  return drawnPoints(fan, scale.from, scale.to, ((scale.to - scale.from) / scale.width) * RESOLUTION);
}

function trace(
  context: CanvasRenderingContext2D,
  scale: PlotScale,
  fan: Fan,
  quantile: 'low' | 'mid' | 'high',
  points: readonly number[],
): void {
  for (const point of points) {
    context.lineTo(scale.x(fan.times[point]!), scale.y(fan[quantile][point]!));
  }
}
