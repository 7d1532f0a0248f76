import type { UTCTimestamp } from 'lightweight-charts';
import type { EquityAnswer } from '../../http/equity/schema.ts';
import { secondsOf } from './chart-time.ts';

type Points = EquityAnswer['items'];

/** The equity of buying the symbol at the first point that has a price; points without a price are left out. */
export function buyAndHoldEquity(points: Points): { time: UTCTimestamp; value: number }[] {
  const first = points.find(({ price }) => price !== null);
  if (first === undefined) return [];
  return points.flatMap(({ time, price }) =>
    price === null
      ? []
      : [{ time: secondsOf(time), value: (first.total_equity * price) / (first.price as number) }],
  );
}
