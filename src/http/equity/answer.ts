import { isoTime } from '../../runtime/iso-time.ts';
import type { CurvePoint } from '../../statistics/read-equity-curve.ts';
import { sideOf } from '../positions/answer.ts';
import type { EquityAnswer } from './schema.ts';

export function answerOfCurve(curve: readonly CurvePoint[]): EquityAnswer {
  return {
    items: curve.map(
      ({ time, equity, wallet, drawdown, worstDrawdown, holding, price, openLots, openSide }) => ({
        time: isoTime(time),
        total_equity: equity,
        wallet_usdt: wallet,
        drawdown_pct: drawdown * 100,
        worst_drawdown_pct: worstDrawdown * 100,
        holding_equity: holding,
        price,
        open_positions_count: openLots,
        side: openSide && sideOf(openSide),
      }),
    ),
    next_cursor: null,
  };
}
