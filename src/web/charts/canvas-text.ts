import { count, price } from '../format/numbers.ts';
import type { ChartColors } from './chart-colors.ts';

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
