import type { Candle } from '../candle.ts';
import { type Lot, lotPnl, signOf } from './lot.ts';
import type { AccountSettings } from './settings.ts';

/** Share of its notional that a lot's margin and PnL must exceed. */
const MAINTENANCE_MARGIN = 0.005;

/** How a candle closes a lot. */
export interface Exit {
  readonly reason: 'LIQUIDATION' | 'STOP_LOSS' | 'TAKE_PROFIT';
  readonly price: number;
  /** Whether it is filled at the candle's open. */
  readonly atOpen: boolean;
}

/**
 * What one bar does to a lot: liquidation, then stop, then target, whatever came first within the bar (paper.md#24).
 * Nothing slips.
 */
export function exitOf(lot: Lot, bar: Candle, stopGap: AccountSettings['stopGap']): Exit | null {
  const isLong = lot.side === 'long';
  const [worst, best] = isLong ? [bar.low, bar.high] : [bar.high, bar.low];
  // Whether `a` is at least as bad for this lot as `b`.
  const isWorse = (a: number, b: number) => (isLong ? a <= b : a >= b);

  if (lot.margin + lotPnl(lot, worst) <= MAINTENANCE_MARGIN * lot.notional) {
    const price = liquidationPrice(lot);
    const atOpen = isWorse(bar.open, price);
    return { reason: 'LIQUIDATION', price: atOpen ? bar.open : price, atOpen };
  }
  if (isWorse(worst, lot.stopLoss)) {
    const atOpen = stopGap === 'open' && isWorse(bar.open, lot.stopLoss);
    return { reason: 'STOP_LOSS', price: atOpen ? bar.open : lot.stopLoss, atOpen };
  }
  if (isWorse(lot.takeProfit, best)) return { reason: 'TAKE_PROFIT', price: lot.takeProfit, atOpen: false };
  return null;
}

/** The price at which margin and PnL are the maintenance margin. */
export function liquidationPrice(lot: Lot): number {
  const loss = lot.margin - MAINTENANCE_MARGIN * lot.notional;
  return lot.entryPrice - (signOf(lot.side) * loss) / lot.quantity;
}
