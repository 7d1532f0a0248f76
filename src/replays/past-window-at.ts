import type { FundingRate } from '../candle.ts';
import type { StoredCandle } from '../market/store/candle-repository.ts';
import { pastWindow } from '../market/store/past-window.ts';
import type { MarketWindow } from '../market/sync/market-history.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { firstIndex } from '../runtime/first-index.ts';

/** Market data of one symbol in order of time; it may reach beyond the candle that is decided on. */
export interface PastMarket {
  readonly symbol: string;
  readonly pipeline: Pipeline;
  /** Without a gap, from a whole history before the first decision on. */
  readonly decisionCandles: readonly StoredCandle[];
  readonly funding: readonly FundingRate[];
}

/** The stage of a replay that takes what a decision may know from the market: all of it closed at `asOf` (ms). */
export type PastWindowAt = (market: PastMarket, asOf: number) => MarketWindow;

/** The window of the decision on the candle that closed at `asOf` (ms). @throws RangeError without its history */
export const pastWindowAt: PastWindowAt = ({ symbol, pipeline, decisionCandles, funding }, asOf) => {
  const end = firstIndex(decisionCandles, ({ openTime }) => openTime >= asOf);
  const candles = decisionCandles.slice(Math.max(0, end - pipeline.historyCandles), end);
  return pastWindow(symbol, pipeline, candles, funding);
};
