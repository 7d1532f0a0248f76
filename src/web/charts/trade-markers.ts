import type { SeriesMarker, UTCTimestamp } from 'lightweight-charts';
import type { PositionAnswer } from '../../http/positions/schema.ts';
import { groupBy } from '../group-by.ts';
import type { ChartColors } from './chart-colors.ts';

interface Fill {
  readonly position: 'aboveBar' | 'belowBar';
  readonly shape: SeriesMarker<UTCTimestamp>['shape'];
  /** Open time of the decision candle that it happened in. */
  readonly time: UTCTimestamp;
  /** Of an exit; 0 for an entry. */
  readonly pnl: number;
}

/**
 * Markers of entries (arrows in the direction of the position) and exits (squares) at the decision candles that they
 * happened in. Several of a kind at one candle become one marker with their count. Those before `from` are left out:
 * the chart has no candle for them.
 * @param candleMs length of a decision candle
 */
export function tradeMarkers(
  positions: readonly PositionAnswer[],
  colors: Pick<ChartColors, 'long' | 'short' | 'text'>,
  from: UTCTimestamp,
  candleMs: number,
): SeriesMarker<UTCTimestamp>[] {
  const fills = positions
    .flatMap((position) => fillsOf(position, candleMs))
    .filter(({ time }) => time >= from);
  const groups = groupBy(fills, ({ time, shape, position }) => `${time} ${shape} ${position}`);
  return Array.from(groups.values(), (group) => markerOf(group, colors)).sort((a, b) => a.time - b.time);
}

function fillsOf(position: PositionAnswer, candleMs: number): Fill[] {
  const { side, open_time, close_time, realized_pnl_usdt } = position;
  const isLong = side === 'Long';
  const entry: Fill = {
    time: candleOf(open_time, candleMs),
    position: isLong ? 'belowBar' : 'aboveBar',
    shape: isLong ? 'arrowUp' : 'arrowDown',
    pnl: 0,
  };
  if (close_time === null) return [entry];
  const exit: Fill = {
    time: candleOf(close_time, candleMs),
    position: isLong ? 'aboveBar' : 'belowBar',
    shape: 'square',
    pnl: realized_pnl_usdt ?? 0,
  };
  return [entry, exit];
}

function markerOf(
  group: readonly Fill[],
  colors: Parameters<typeof tradeMarkers>[1],
): SeriesMarker<UTCTimestamp> {
  const { time, position, shape } = group[0]!;
  const pnl = group.reduce((sum, fill) => sum + fill.pnl, 0);
  const isUp = shape === 'arrowUp' || pnl > 0;
  const isDown = shape === 'arrowDown' || pnl < 0;
  return {
    ...{ time, position, shape },
    color: isUp ? colors.long : isDown ? colors.short : colors.text,
    size: shape === 'square' ? 0.6 : 1,
    ...(group.length === 1 ? {} : { text: String(group.length) }),
  };
}

/** Open time of the decision candle of a time, in seconds. */
function candleOf(time: string, candleMs: number): UTCTimestamp {
  return ((Math.floor(Date.parse(time) / candleMs) * candleMs) / 1000) as UTCTimestamp;
}
