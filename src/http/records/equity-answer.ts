import type { z } from 'zod';
import type { PricedPoint } from '../../statistics/priced-equity-curve.ts';
import { sideOf } from '../accounts/answer.ts';
import type { equityCurve } from '../accounts/schema.ts';
import { isoTime } from '../shared/time-schema.ts';

/** Points of an equity curve as they are answered. */
export function answerOfCurve(curve: readonly PricedPoint[]): z.infer<typeof equityCurve> {
  return {
    items: curve.map(({ time, equity, wallet, drawdown, price, openLots, openSide }) => ({
      time: isoTime(time),
      total_equity: equity,
      wallet_usdt: wallet,
      drawdown_pct: drawdown * 100,
      price,
      open_positions_count: openLots,
      side: openSide === null ? null : sideOf(openSide),
    })),
    next_cursor: null,
  };
}
