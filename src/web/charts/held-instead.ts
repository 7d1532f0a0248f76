import type { UTCTimestamp } from 'lightweight-charts';
import type { EquityAnswer } from '../../http/accounts/schema.ts';
import { secondsOf } from './chart-time.ts';

type Points = EquityAnswer['items'];

/** What the equity of the first point would be worth had it bought the symbol then, as far as prices are known. */
export function heldInstead(points: Points): { time: UTCTimestamp; value: number }[] {
  const first = points.find(({ price }) => price !== null);
  if (first === undefined) return [];
  return points.flatMap(({ time, price }) =>
    price === null
      ? []
      : [{ time: secondsOf(time), value: (first.total_equity * price) / (first.price as number) }],
  );
}
