import { QUANTILE_COUNT } from '../dimensions.ts';
import { quantilesAt } from '../pipeline/forecast-trend.ts';
import { slippageShare, TAKER_FEE } from '../trading/trading-costs.ts';

/**
 * The raw action of the simplest policy: the sign of the forecast's median at the end of its horizon, flat where it is
 * smaller than what entering and leaving costs (statistics.md#71).
 * @param quantiles row-major [horizon, 3]
 * @param market close and ATR14 of the candle decided on, in quote currency
 */
export function signOfMedianAction(
  quantiles: ArrayLike<number>,
  { close, atr14 }: { readonly close: number; readonly atr14: number },
): readonly number[] {
  const { mid } = quantilesAt(quantiles, quantiles.length / QUANTILE_COUNT);
  const costs = 2 * TAKER_FEE + 2 * slippageShare(close, atr14);
  const direction = Math.abs(mid) < costs ? 0 : Math.sign(mid) + 0;
  return [direction, 0, 0, 0, 0];
}
