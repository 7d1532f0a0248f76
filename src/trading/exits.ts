import type { Candle } from '../candle.ts';
import { type Lot, lotPnl, signOf } from './lot.ts';
import type { AccountSettings } from './settings.ts';

/** Share of the notional that margin plus PnL must exceed (paper.md#25). */
const MAINTENANCE_MARGIN = 0.005;

/** How a candle closes a lot. */
export interface Exit {
  readonly reason: 'LIQUIDATION' | 'STOP_LOSS' | 'TAKE_PROFIT';
  readonly price: number;
  /** Whether the fill is at the candle's open, not inside the candle. */
  readonly atOpen: boolean;
}

/** How a candle closes a lot: by liquidation, else stop, else target, without slippage (paper.md#24 to paper.md#27). */
export function exitOf(
  lot: Lot,
  candle: Candle,
  { stopGap, ignoresStops }: Pick<AccountSettings, 'stopGap' | 'ignoresStops'>,
): Exit | null {
  const isLong = lot.side === 'long';
  const [worst, best] = isLong ? [candle.low, candle.high] : [candle.high, candle.low];
  // Whether `a` is at least as bad for this lot as `b`.
  const isWorse = (a: number, b: number) => (isLong ? a <= b : a >= b);

  if (lot.margin + lotPnl(lot, worst) <= MAINTENANCE_MARGIN * lot.notional) {
    const price = liquidationPrice(lot);
    const atOpen = isWorse(candle.open, price);
    return { reason: 'LIQUIDATION', price: atOpen ? candle.open : price, atOpen };
  }
  if (ignoresStops) return null;
  if (isWorse(worst, lot.stopLoss)) {
    const atOpen = stopGap === 'open' && isWorse(candle.open, lot.stopLoss);
    return { reason: 'STOP_LOSS', price: atOpen ? candle.open : lot.stopLoss, atOpen };
  }
  if (isWorse(lot.takeProfit, best)) return { reason: 'TAKE_PROFIT', price: lot.takeProfit, atOpen: false };
  return null;
}

/** The price at which margin plus PnL equals the maintenance margin. */
export function liquidationPrice(lot: Lot): number {
  const loss = lot.margin - MAINTENANCE_MARGIN * lot.notional;
  return lot.entryPrice - (signOf(lot.side) * loss) / lot.quantity;
}
