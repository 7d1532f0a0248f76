import type { PositionAnswer } from '../../../http/positions/schema.ts';

type Lot = Pick<PositionAnswer, 'side' | 'entry_price' | 'size_usdt'>;

/** PnL of an open lot at a price, before costs, in USDT (paper.md#5). */
export function pnlAtPrice({ side, entry_price, size_usdt }: Lot, price: number): number {
  return ((side === 'Long' ? 1 : -1) * size_usdt * (price - entry_price)) / entry_price;
}

/** How far one price is above another, in percent of the latter. */
export function distancePct(from: number, to: number): number {
  return ((to - from) / from) * 100;
}
