import type { PositionAnswer } from '../../../../http/positions/schema.ts';
import { type ChartCandle, extremes } from '../../../charts/chart-candle.ts';
import type { ChartPosition } from '../../../charts/chart-position.ts';
import type { Levels } from '../../../charts/level-layer.ts';
import type { DrawnPosition } from '../../../charts/position-layer.ts';
import { instantOf } from '../../../format/time.ts';
import type { ChartSelection } from './chart-run.ts';

/** Positions with the prices that they saw; those that the candles do not reach have their own prices. */
export function drawnPositions(
  positions: readonly ChartPosition[],
  candles: readonly ChartCandle[],
): DrawnPosition[] {
  return positions.map((position) => {
    const { opened, closed, entry, exit } = position;
    const seen = extremes(candles, opened, closed ?? Number.POSITIVE_INFINITY);
    const own = { highest: Math.max(entry, exit ?? entry), lowest: Math.min(entry, exit ?? entry) };
    return { ...position, ...(seen ?? own) };
  });
}

/** Entry, stop and target of open lots, averaged by size; undefined without an open lot. */
export function levelsOf(lots: readonly PositionAnswer[]): Levels | undefined {
  if (lots.length === 0) return undefined;
  const size = lots.reduce((sum, { size_usdt }) => sum + size_usdt, 0);
  const average = (read: (lot: PositionAnswer) => number) =>
    lots.reduce((sum, lot) => sum + read(lot) * lot.size_usdt, 0) / size;
  return {
    from: Math.min(...lots.map(({ open_time }) => Date.parse(open_time))),
    entry: average(({ entry_price }) => entry_price),
    stop: average(({ stop_loss }) => stop_loss),
    target: average(({ take_profit }) => take_profit),
  };
}

/**
 * Begin and end of what is selected, ms since the epoch; undefined where nothing is, or it is not known.
 * @param decisionMs length of a decision candle
 * @param now end of what is still open
 */
export function selectedRange(
  { candle, position, during }: ChartSelection,
  positions: readonly ChartPosition[],
  decisionMs: number,
  now: number,
): readonly [from: number, to: number] | undefined {
  const found = positions.find(({ id }) => id === position);
  if (found !== undefined) return [found.opened, found.closed ?? now];
  if (during !== undefined) return [Date.parse(during[0]), Date.parse(during[1])];
  const close = instantOf(candle);
  return close === undefined ? undefined : [close - decisionMs, close];
}
