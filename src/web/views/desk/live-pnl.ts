import type { PositionAnswer } from '../../../http/accounts/schema.ts';

type Lot = Pick<PositionAnswer, 'side' | 'entry_price' | 'size_usdt' | 'margin_usdt' | 'unrealized_pnl_usdt'>;

/** Profit and loss of an open lot at a price, before costs, in USDT. */
export function pnlAt({ side, entry_price, size_usdt }: Lot, price: number): number {
  return ((side === 'Long' ? 1 : -1) * size_usdt * (price - entry_price)) / entry_price;
}

/** How far the price is from another, in percent of itself; positive above. */
export function distancePct(from: number, to: number): number {
  return ((to - from) / from) * 100;
}

/** The service's equity, with the open lots at the newest price instead of the one that it was computed with. */
export function equityAt(totalEquity: number, lots: readonly Lot[], price: number): number {
  return lots.reduce((sum, lot) => {
    const known = lot.unrealized_pnl_usdt;
    return known === null ? sum : sum + pnlAt(lot, price) - known;
  }, totalEquity);
}
