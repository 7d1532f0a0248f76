import { type FundingRate, MINUTE_MS, TIMEFRAME_MS } from '../../candle.ts';
import { firstIndex } from '../../runtime/first-index.ts';
import type { MarketWindow } from '../sync/market-history.ts';
import type { StoredCandle } from './candle-repository.ts';
import { revisionOf } from './stored-window.ts';
import { FUNDING_LEAD_MS, judgeWindow, WINDOW_CANDLES, WINDOW_TIMEFRAME } from './window-validity.ts';

const STEP_MS = TIMEFRAME_MS[WINDOW_TIMEFRAME];

/**
 * The window of a decision in the past, with the same numbers as it had when its newest candle had just closed.
 * @param candles 1500 consecutive candles, the last of them decided on
 * @param funding in order of time, without a hole from a day before the first candle to the last one
 * @throws RangeError when there are not 1500 candles
 */
export function pastWindow(
  symbol: string,
  candles: readonly StoredCandle[],
  funding: readonly FundingRate[],
): MarketWindow {
  const oldest = candles[0];
  const newest = candles.at(-1);
  if (oldest === undefined || newest === undefined || candles.length !== WINDOW_CANDLES)
    throw new RangeError(`A decision needs ${WINDOW_CANDLES} candles; there are ${candles.length}.`);
  const closeTime = newest.openTime + STEP_MS;
  const known = between(funding, oldest.openTime - FUNDING_LEAD_MS, newest.openTime + MINUTE_MS);
  return {
    symbol,
    candles,
    funding: known,
    close: newest.close,
    closeTime,
    validity: judgeWindow(candles, known, closeTime, closeTime),
    revision: revisionOf(candles, known),
  };
}

/** The settlements from `from` to before `to`, ms. */
function between(funding: readonly FundingRate[], from: number, to: number): readonly FundingRate[] {
  const indexAt = (start: number) => firstIndex(funding, ({ time }) => time >= start);
  return funding.slice(indexAt(from), indexAt(to));
}
