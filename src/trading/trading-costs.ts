/** Costs of a market order, as the policies were trained with (paper.md#18, paper.md#19). */

/** Fee of a taker, as a share of the traded value. */
export const TAKER_FEE = 0.0006;

const SLIPPAGE_BASE = 0.0002;
const SLIPPAGE_PER_ATR = 0.1;

/** The price at which a market order is filled: `price` moved against it by 0.0002 + 0.1 ATR14/price. */
export function slippedPrice(price: number, atr14: number, order: 'buy' | 'sell'): number {
  const slippage = SLIPPAGE_BASE + (SLIPPAGE_PER_ATR * atr14) / price;
  return price * (order === 'buy' ? 1 + slippage : 1 - slippage);
}
