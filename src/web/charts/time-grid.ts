import type { UTCTimestamp } from 'lightweight-charts';

/** The bars of a chart at regular times, also where a candle is missing and in the future. Times in ms since the epoch. */
export interface TimeGrid {
  /** When the first bar begins. */
  readonly start: number;
  /** Length of a bar. */
  readonly step: number;
  readonly bars: number;
}

/** The bars that cover a range. */
export function gridOver(from: number, to: number, step: number): TimeGrid {
  const start = Math.floor(from / step) * step;
  return { start, step, bars: Math.max(1, Math.ceil((to - start) / step)) };
}

/** Where an instant is, counted in bars: bar i reaches from i - 0.5 to i + 0.5. */
export function barAt({ start, step }: TimeGrid, time: number): number {
  return (time - start) / step - 0.5;
}

/** The instant at a place between bars; the inverse of `barAt`. */
export function timeAt({ start, step }: TimeGrid, bar: number): number {
  return start + (bar + 0.5) * step;
}

/** The bars as points without a value, which give the time axis its times. */
export function emptyBars({ start, step, bars }: TimeGrid): { time: UTCTimestamp }[] {
  return Array.from({ length: bars }, (_, bar) => ({ time: ((start + bar * step) / 1000) as UTCTimestamp }));
}

/** The last of the points that are known at the end of each bar; bars in which none became known have none. */
export function lastOfEachBar<Point extends { readonly time: number }>(
  grid: TimeGrid,
  points: readonly Point[],
): { readonly time: UTCTimestamp; readonly point: Point }[] {
  const last = new Map<number, Point>();
  // A point at the very end of a bar belongs to that bar: candles close there.
  for (const point of points) last.set(Math.ceil((point.time - grid.start) / grid.step) - 1, point);
  return Array.from(last)
    .filter(([bar]) => bar >= 0 && bar < grid.bars)
    .map(([bar, point]) => ({ time: ((grid.start + bar * grid.step) / 1000) as UTCTimestamp, point }));
}
