import { type FundingRate, MINUTE_MS, TIMEFRAME_MS } from '../../candle.ts';
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
  return funding.slice(firstAt(funding, from), firstAt(funding, to));
}

/** Index of the first settlement at `time` or later. */
function firstAt(funding: readonly FundingRate[], time: number): number {
  let low = 0;
  let high = funding.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((funding[middle] as FundingRate).time < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
