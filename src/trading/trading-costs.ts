/** Taker fee, as a share of the traded value (paper.md#19). */
export const TAKER_FEE = 0.0006;

const SLIPPAGE_BASE = 0.0002;
const SLIPPAGE_PER_ATR = 0.1;

/** How far a market order moves the price, as a share of it: 0.0002 + 0.1 * ATR14/price (paper.md#18). */
export function slippageShare(price: number, atr14: number): number {
  return SLIPPAGE_BASE + (SLIPPAGE_PER_ATR * atr14) / price;
}

/** The fill price of a market order: `price` moved against it by its slippage. */
export function slippedPrice(price: number, atr14: number, order: 'buy' | 'sell'): number {
  const slippage = slippageShare(price, atr14);
  return price * (order === 'buy' ? 1 + slippage : 1 - slippage);
}
