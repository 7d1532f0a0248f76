import { type FundingRate, MINUTE_MS, TIMEFRAME_MS, WINDOW_CANDLES } from '../../candle.ts';
import { firstIndex } from '../../runtime/first-index.ts';
import type { StoredCandle } from './candle-repository.ts';
import { type MarketWindow, marketWindow } from './market-window.ts';
import { revisionOf } from './stored-window.ts';
import { FUNDING_LEAD_MS, WINDOW_TIMEFRAME } from './window-validity.ts';

/**
 * The window of a decision in the past, with the same numbers as it had when its newest candle had just closed.
 * @param candles 1500 consecutive candles, ending with the decision candle
 * @param settlements in order of time, complete from a day before the first candle to the last one
 * @throws RangeError when there are not 1500 candles
 */
export function pastWindow(
  symbol: string,
  candles: readonly StoredCandle[],
  settlements: readonly FundingRate[],
): MarketWindow {
  const oldest = candles[0];
  const newest = candles.at(-1);
  if (oldest === undefined || newest === undefined || candles.length !== WINDOW_CANDLES)
    throw new RangeError(`A decision needs ${WINDOW_CANDLES} candles; there are ${candles.length}.`);
  const fundingKnownTo = newest.openTime + TIMEFRAME_MS[WINDOW_TIMEFRAME];
  const indexAt = (start: number) => firstIndex(settlements, ({ time }) => time >= start);
  const funding = settlements.slice(
    indexAt(oldest.openTime - FUNDING_LEAD_MS),
    indexAt(newest.openTime + MINUTE_MS),
  );
  const revision = revisionOf(candles, funding);
  return marketWindow(symbol, { candles, funding, fundingKnownTo, revision }, fundingKnownTo);
}
