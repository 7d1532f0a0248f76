import { hours } from '../format/time.ts';
import { canvasFont, writeText } from './canvas-text.ts';
import type { ChartColors } from './chart-colors.ts';
import type { Layer, PlotScale } from './layer.ts';

/** Times that are marked in all panes, ms since the epoch. */
export interface TimeMarks {
  /** Where the forecast begins. */
  readonly now: number | undefined;
  /** How far the forecast of the newest candle reaches, in ms; 0 without one. */
  readonly horizonMs: number;
  /** Begin and end of the selected candle, or of the selected position. */
  readonly selected: readonly [from: number, to: number] | undefined;
}

/** What a past forecast came to. */
export interface Outcome {
  readonly at: number;
  readonly price: number;
  readonly isInside: boolean;
}

/** The ground of what is selected. */
export function selectionLayer(read: () => TimeMarks | undefined, colors: ChartColors): Layer {
  return {
    zOrder: 'bottom',
    draw(context, scale) {
      const selected = read()?.selected;
      if (selected === undefined) return;
      const [from, to] = selected.map(scale.x) as [number, number];
      const width = Math.max(3, to - from);
      context.fillStyle = colors.selected;
      context.fillRect((from + to - width) / 2, 0, width, scale.height);
    },
  };
}

/** The vertical line where the future begins. Only the uppermost pane says how far its forecast reaches. */
export function lineLayer(
  read: () => TimeMarks | undefined,
  colors: ChartColors,
  family: string,
  isNamed: boolean,
): Layer {
  return {
    zOrder: 'normal',
    draw(context, scale) {
      const { now, horizonMs = 0 } = read() ?? {};
      if (now === undefined || now < scale.from || now > scale.to) return;
      const x = verticalLine(context, scale, now, colors.model, [1, 3]);
      const ahead = Math.min(horizonMs, scale.to - now);
      context.font = canvasFont(family);
      if (isNamed && ahead > 0) {
        const text = `next ${hours(Math.round(ahead / 3_600_000) * 3_600_000)}`;
        writeBeside(context, scale, x, text, colors.model, colors);
      }
    },
  };
}

function verticalLine(
  context: CanvasRenderingContext2D,
  scale: PlotScale,
  at: number,
  color: string,
  dash: number[],
): number {
  const x = Math.round(scale.x(at)) + 0.5;
  context.lineWidth = 1;
  context.strokeStyle = color;
  context.setLineDash(dash);
  context.beginPath();
  context.moveTo(x, 0);
  context.lineTo(x, scale.height);
  context.stroke();
  context.setLineDash([]);
  return x;
}

/** Writes to the left of a line, or to its right where there is no room. */
function writeBeside(
  context: CanvasRenderingContext2D,
  scale: PlotScale,
  x: number,
  text: string,
  color: string,
  colors: ChartColors,
): void {
  const fits = x > context.measureText(text).width + 12 || x > scale.width / 2;
  context.textAlign = fits ? 'right' : 'left';
  writeText(context, text, fits ? x - 6 : x + 6, 14, color, colors);
}

/** A dot where a past forecast ended and the price was inside its band, a cross where it was not. */
export function outcomeLayer(read: () => readonly Outcome[], colors: ChartColors): Layer {
  return {
    zOrder: 'normal',
    draw(context, scale) {
      for (const { at, price, isInside } of read()) {
        if (at < scale.from || at > scale.to) continue;
        const x = scale.x(at);
        const y = scale.y(price);
        context.beginPath();
        if (isInside) context.arc(x, y, 3.5, 0, 2 * Math.PI);
        else {
          context.moveTo(x - 4, y - 4);
          context.lineTo(x + 4, y + 4);
          context.moveTo(x + 4, y - 4);
          context.lineTo(x - 4, y + 4);
        }
        context.strokeStyle = colors.surface;
        context.lineWidth = isInside ? 3 : 4.5;
        context.stroke();
        context.strokeStyle = colors.model;
        context.lineWidth = 2.2;
        if (!isInside) context.stroke();
        context.fillStyle = colors.model;
        if (isInside) context.fill();
      }
    },
  };
}

/** A name at the top left of a pane. */
export function titleLayer(title: () => string, colors: ChartColors, family: string): Layer {
  return {
    zOrder: 'normal',
    draw(context) {
      context.font = canvasFont(family, 600);
      context.textAlign = 'left';
      writeText(context, title(), 8, 14, colors.text, colors);
    },
  };
}
