import type { SeriesMarker, UTCTimestamp } from 'lightweight-charts';
import type { PositionAnswer } from '../../http/accounts/schema.ts';
import { secondsOf } from './chart-time.ts';

const STEP_SECONDS = 15 * 60;

interface MarkColors {
  readonly up: string;
  readonly down: string;
  readonly text: string;
}

interface Mark {
  readonly position: 'aboveBar' | 'belowBar';
  readonly shape: SeriesMarker<UTCTimestamp>['shape'];
  readonly time: UTCTimestamp;
  /** Of exits; 0 for entries. */
  readonly pnl: number;
}

/**
 * Marks of entries (arrows in the direction of the position) and exits (squares), at the 15-minute candles that they
 * fell in; several of a kind at one candle are one mark with their number. Those before `from` are left out, as the
 * chart has no candle for them.
 */
export function tradeMarks(
  positions: readonly PositionAnswer[],
  colors: MarkColors,
  from: UTCTimestamp,
): SeriesMarker<UTCTimestamp>[] {
  const groups = new Map<string, Mark[]>();
  for (const mark of positions.flatMap(marksOf)) {
    if (mark.time < from) continue;
    const key = `${mark.time} ${mark.shape} ${mark.position}`;
    groups.set(key, [...(groups.get(key) ?? []), mark]);
  }
  return Array.from(groups.values(), (group) => drawn(group, colors)).sort((a, b) => a.time - b.time);
}

function marksOf({ side, open_time, close_time, realized_pnl_usdt }: PositionAnswer): Mark[] {
  const isLong = side === 'Long';
  const [below, above] = ['belowBar', 'aboveBar'] as const;
  const entry: Mark = {
    time: candleOf(open_time),
    position: isLong ? below : above,
    shape: isLong ? 'arrowUp' : 'arrowDown',
    pnl: 0,
  };
  if (close_time === null) return [entry];
  const exit: Mark = {
    time: candleOf(close_time),
    position: isLong ? above : below,
    shape: 'square',
    pnl: realized_pnl_usdt ?? 0,
  };
  return [entry, exit];
}

function drawn(group: readonly Mark[], colors: MarkColors): SeriesMarker<UTCTimestamp> {
  const { time, position, shape } = group[0]!;
  const pnl = group.reduce((sum, mark) => sum + mark.pnl, 0);
  const isGain = shape === 'arrowUp' || pnl > 0;
  const isLoss = shape === 'arrowDown' || pnl < 0;
  return {
    ...{ time, position, shape },
    color: isGain ? colors.up : isLoss ? colors.down : colors.text,
    size: shape === 'square' ? 0.6 : 1,
    ...(group.length === 1 ? {} : { text: String(group.length) }),
  };
}

function candleOf(time: string): UTCTimestamp {
  return (Math.floor(secondsOf(time) / STEP_SECONDS) * STEP_SECONDS) as UTCTimestamp;
}
