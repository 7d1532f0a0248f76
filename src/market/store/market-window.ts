import { type FundingRate, TIMEFRAME_MS } from '../../candle.ts';
import type { StoredCandle } from './candle-repository.ts';
import type { StoredWindow } from './stored-window.ts';
import { judgeWindow, WINDOW_TIMEFRAME, type WindowValidity } from './window-validity.ts';

/** What a decision is computed from. */
export interface MarketWindow {
  readonly symbol: string;
  /** Exactly 1500 consecutive closed 15m candles. */
  readonly candles: readonly StoredCandle[];
  /** Settlements from a day before the first candle to the open of the last one, in order of time. */
  readonly funding: readonly FundingRate[];
  /** Close of the newest candle, in quote currency. */
  readonly close: number;
  /** When the newest candle closed, in ms. */
  readonly closeTime: number;
  readonly validity: WindowValidity;
  /** Changes whenever a candle or a funding rate of the window does, and only then. */
  readonly revision: string;
}

/** The window of stored candles, at least one, as of `now` (ms). */
export function marketWindow(
  symbol: string,
  stored: Pick<StoredWindow, 'candles' | 'funding' | 'fundingKnownTo' | 'revision'>,
  now: number,
): MarketWindow {
  const { candles, funding, fundingKnownTo, revision } = stored;
  const { openTime, close } = candles.at(-1)!;
  const validity = judgeWindow(candles, funding, fundingKnownTo, now);
  const closeTime = openTime + TIMEFRAME_MS[WINDOW_TIMEFRAME];
  return { symbol, candles, funding, close, closeTime, validity, revision };
}
