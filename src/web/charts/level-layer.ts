import { canvasFont, labelPrice } from './canvas-text.ts';
import type { ChartColors } from './chart-colors.ts';
import type { Layer } from './layer.ts';
import { type Box, pushApart } from './place-labels.ts';

/** Prices of the open lots, averaged by size. */
export interface Levels {
  /** When the first of them opened, ms since the epoch. */
  readonly from: number;
  readonly entry: number;
  readonly stop: number;
  readonly target: number;
}

const HEIGHT = 18;
const DISTANCE = 20;
const MARGIN = 8;
/** Width of the leader between a line and its label. */
const LEADER = 12;

/** Entry, stop and target of the open lots: a line each to the right edge, and labels that do not cover each other. */
export function levelLayer(
  read: () => Levels | undefined,
  colors: ChartColors,
  family: string,
): Layer & { boxes(): readonly Box[] } {
  let boxes: Box[] = [];
  return {
    zOrder: 'normal',
    boxes: () => boxes,
    draw(context, scale) {
      boxes = [];
      const levels = read();
      if (levels === undefined || levels.from > scale.to) return;
      const lines = [
        { name: 'target', value: levels.target, color: colors.long, dash: [2, 3] },
        { name: 'entry', value: levels.entry, color: colors.ink, dash: [] },
        { name: 'stop', value: levels.stop, color: colors.short, dash: [5, 4] },
      ];
      const middle = HEIGHT / 2 + 2;
      const places = pushApart(
        lines.map(({ value }) => scale.y(value)),
        DISTANCE,
        middle,
        scale.height - middle,
      );
      context.font = canvasFont(family, 600);
      context.textAlign = 'left';
      context.lineWidth = 1;
      for (const [index, { name, value, color, dash }] of lines.entries()) {
        const text = `${name} ${labelPrice(value)}`;
        const width = context.measureText(text).width + 12;
        const y = scale.y(value);
        const box = {
          x: scale.width - width - MARGIN,
          y: places[index]! - HEIGHT / 2,
          width,
          height: HEIGHT,
        };
        boxes.push(box);
        context.strokeStyle = color;
        context.setLineDash(dash);
        context.beginPath();
        context.moveTo(Math.max(0, scale.x(levels.from)), y);
        context.lineTo(box.x - LEADER, y);
        context.stroke();
        context.setLineDash([]);
        context.beginPath();
        context.moveTo(box.x - LEADER, y);
        context.lineTo(box.x, places[index]!);
        context.stroke();
        context.beginPath();
        context.roundRect(box.x, box.y, width, HEIGHT, 3);
        context.fillStyle = colors.surface;
        context.fill();
        context.stroke();
        context.fillStyle = color;
        context.fillText(text, box.x + 6, box.y + 13);
      }
    },
  };
}
