import { signed, usdt } from '../format/numbers.ts';
import { DAY_MS } from '../format/time.ts';
import { canvasFont } from './canvas-text.ts';
import type { ChartColors } from './chart-colors.ts';
import { type ChartPosition, type DayResult, type LotLine, labeledPositions } from './chart-position.ts';
import type { Layer, PlotScale } from './layer.ts';
import { type Box, placeLabels } from './place-labels.ts';

/** A position with the highest and lowest price while it was open. */
export interface DrawnPosition extends ChartPosition {
  readonly highest: number;
  readonly lowest: number;
}

export interface DrawnPositions {
  readonly positions: readonly DrawnPosition[];
  readonly lines: readonly LotLine[];
  /** Drawn instead, where there are too many positions. */
  readonly days: readonly DayResult[] | undefined;
  /** Id of the selected position. */
  readonly selected: string | undefined;
}

const LABEL_HEIGHT = 17;
const LABEL_PADDING = 5;
/** Share of the height at which the axis of day results is, and share that the largest takes. */
const DAY_AXIS = 0.8;
const DAY_HEIGHT = 0.06;

/** A line per lot from entry to exit, a triangle per position and labels with results; one bar per day where there are many. */
export function positionLayer(
  read: () => DrawnPositions | undefined,
  colors: ChartColors,
  family: string,
  takenBy: (scale: PlotScale) => readonly Box[],
): Layer {
  let clickable: { readonly box: Box; readonly id: string }[] = [];
  return {
    zOrder: 'normal',
    draw(context, scale) {
      clickable = [];
      const data = read();
      if (data === undefined) return;
      const inView = data.positions.filter(
        ({ opened, closed }) => opened <= scale.to && (closed ?? scale.to) >= scale.from,
      );
      if (data.days !== undefined) return drawDays(context, scale, data.days, colors);
      drawLines(context, scale, data, colors);
      for (const position of inView) drawTriangle(context, scale, position, colors);
      clickable = drawLabels(context, scale, inView, { ...data, colors, family, taken: takenBy(scale) });
    },
    hitTest: (x, y) =>
      clickable.find(
        ({ box }) => x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height,
      )?.id,
  };
}

function drawLines(
  context: CanvasRenderingContext2D,
  scale: PlotScale,
  { lines, selected }: DrawnPositions,
  colors: ChartColors,
): void {
  for (const [isWon, color] of [
    [true, colors.long],
    [false, colors.short],
  ] as const) {
    for (const isSelected of [false, true]) {
      context.beginPath();
      for (const { positionId, opened, closed, entry, exit, pnl } of lines) {
        if (pnl >= 0 !== isWon || (positionId === selected) !== isSelected) continue;
        if (opened > scale.to || closed < scale.from) continue;
        context.moveTo(scale.x(opened), scale.y(entry));
        context.lineTo(scale.x(closed), scale.y(exit));
      }
      context.lineWidth = isSelected ? 1.8 : 1.3;
      context.strokeStyle = colors.fade(color, isSelected ? 1 : 0.75);
      context.stroke();
    }
  }
}

function drawTriangle(
  context: CanvasRenderingContext2D,
  scale: PlotScale,
  { side, entry, opened, closed, pnl }: DrawnPosition,
  colors: ChartColors,
): void {
  const away = side === 'Long' ? 1 : -1;
  const x = scale.x(opened);
  const y = scale.y(entry) + 3 * away;
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x - 5, y + 9 * away);
  context.lineTo(x + 5, y + 9 * away);
  context.closePath();
  context.lineWidth = 1.5;
  context.strokeStyle = colors.surface;
  context.stroke();
  context.fillStyle = closed === null ? colors.ink : pnl >= 0 ? colors.long : colors.short;
  context.fill();
}

interface LabelOptions extends Pick<DrawnPositions, 'selected'> {
  readonly colors: ChartColors;
  readonly family: string;
  readonly taken: readonly Box[];
}

function drawLabels(
  context: CanvasRenderingContext2D,
  scale: PlotScale,
  inView: readonly DrawnPosition[],
  { selected, colors, family, taken }: LabelOptions,
): { box: Box; id: string }[] {
  context.font = canvasFont(family, 600);
  context.textAlign = 'center';
  const labels = labeledPositions(inView).map((position) => {
    const text = signed(position.pnl, usdt);
    const width = context.measureText(text).width + 2 * LABEL_PADDING;
    const left = Math.max(0, scale.x(position.opened));
    const right = Math.min(scale.width, scale.x(position.closed!));
    const { highest, lowest } = position;
    const place = { x: (left + right - width) / 2, width, height: LABEL_HEIGHT };
    return { position, text, ...place, top: scale.y(highest), bottom: scale.y(lowest) };
  });
  const boxes = placeLabels(labels, scale, taken);
  return labels.flatMap(({ position, text }, index) => {
    const box = boxes[index];
    if (box === undefined) return [];
    const isWon = position.pnl >= 0;
    context.beginPath();
    context.roundRect(box.x, box.y, box.width, box.height, 3);
    context.fillStyle = isWon ? colors.longSoft : colors.shortSoft;
    context.fill();
    if (position.id === selected) {
      context.lineWidth = 1;
      context.strokeStyle = isWon ? colors.long : colors.short;
      context.stroke();
    }
    context.fillStyle = isWon ? colors.long : colors.short;
    context.fillText(text, box.x + box.width / 2, box.y + 12.5);
    return [{ box, id: position.id }];
  });
}

function drawDays(
  context: CanvasRenderingContext2D,
  scale: PlotScale,
  days: readonly DayResult[],
  colors: ChartColors,
): void {
  const inView = days.filter(({ day }) => day + DAY_MS >= scale.from && day <= scale.to);
  const largest = inView.reduce((most, { won, lost }) => Math.max(most, won, -lost), 0);
  if (largest === 0) return;
  const axis = scale.height * DAY_AXIS;
  const heightOf = (amount: number) => (amount / largest) * scale.height * DAY_HEIGHT;
  for (const { day, won, lost } of inView) {
    const x = scale.x(day);
    const width = Math.max(1, (scale.x(day + DAY_MS) - x) * 0.7);
    context.fillStyle = colors.long;
    context.fillRect(x, axis - heightOf(won), width, heightOf(won));
    context.fillStyle = colors.short;
    context.fillRect(x, axis, width, heightOf(-lost));
  }
  context.fillStyle = colors.grid;
  context.fillRect(0, axis - 0.5, scale.width, 1);
}
