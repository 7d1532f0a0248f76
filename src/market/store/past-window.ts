import { type FundingRate, MINUTE_MS } from '../../candle.ts';
import { firstIndex } from '../../runtime/first-index.ts';
import type { StoredCandle } from './candle-repository.ts';
import { type MarketWindow, marketWindow } from './market-window.ts';
import { revisionOf } from './stored-window.ts';
import { FUNDING_LEAD_MS, type MarketPipeline } from './window-validity.ts';

/**
 * The window of a decision in the past, with the same numbers as it had when its newest candle had just closed.
 * @param candles the pipeline's history of consecutive candles, ending with the decision candle
 * @param settlements in order of time, complete from a day before the first candle to the last one
 * @throws RangeError when there are fewer or more candles
 */
export function pastWindow(
  symbol: string,
  pipeline: MarketPipeline,
  candles: readonly StoredCandle[],
  settlements: readonly FundingRate[],
): MarketWindow {
  const { historyCandles, decisionMs } = pipeline;
  const oldest = candles[0];
  const newest = candles.at(-1);
  if (oldest === undefined || newest === undefined || candles.length !== historyCandles)
    throw new RangeError(`A decision needs ${historyCandles} candles; there are ${candles.length}.`);
  const fundingKnownTo = newest.openTime + decisionMs;
  const indexAt = (start: number) => firstIndex(settlements, ({ time }) => time >= start);
  const funding = settlements.slice(
    indexAt(oldest.openTime - FUNDING_LEAD_MS),
    indexAt(newest.openTime + MINUTE_MS),
  );
  const revision = revisionOf(candles, funding);
  return marketWindow(symbol, pipeline, { candles, funding, fundingKnownTo, revision }, fundingKnownTo);
}
