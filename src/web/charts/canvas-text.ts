import { count, price } from '../format/numbers.ts';
import type { ChartColors } from './chart-colors.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `25 Nov`, in UTC. @param time ms since the epoch */
export function utcDay(time: number): string {
  const date = new Date(time);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`;
}

/** `18:45`, in UTC. @param time ms since the epoch */
export function utcHour(time: number): string {
  return new Date(time).toISOString().slice(11, 16);
}

/** `25 Nov 18:45`, in UTC. @param time ms since the epoch */
export function utcDayHour(time: number): string {
  return `${utcDay(time)} ${utcHour(time)}`;
}

/** A price for a label: without decimals where it has four digits or more. */
export function labelPrice(value: number): string {
  return Math.abs(value) < 1000 ? price(value) : count(value);
}

/** The font of the page, for a canvas. @param weight for example 600 */
export function canvasFont(family: string, weight = 400): string {
  return `${weight} 11px ${family}`;
}

/** Writes text with an edge of the ground's color, so that it can be read on lines. */
export function writeText(
  context: CanvasRenderingContext2D,
  text: string,
  x: number,
  y: number,
  color: string,
  { surface }: Pick<ChartColors, 'surface'>,
): void {
  context.lineJoin = 'round';
  context.lineWidth = 3;
  context.strokeStyle = surface;
  context.strokeText(text, x, y);
  context.fillStyle = color;
  context.fillText(text, x, y);
}
