import type { FundingRate } from '../../candle.ts';
import type { StoredCandle } from './candle-repository.ts';
import type { StoredWindow } from './stored-window.ts';
import { judgeWindow, type MarketPipeline, type WindowValidity } from './window-validity.ts';

/** What a decision is computed from. */
export interface MarketWindow {
  readonly symbol: string;
  /** The consecutive closed decision candles of the pipeline's history. */
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
  pipeline: MarketPipeline,
  stored: Pick<StoredWindow, 'candles' | 'funding' | 'fundingKnownTo' | 'revision'>,
  now: number,
): MarketWindow {
  const { candles, funding, revision } = stored;
  const { openTime, close } = candles.at(-1)!;
  const validity = judgeWindow(pipeline, stored, now);
  const closeTime = openTime + pipeline.decisionMs;
  return { symbol, candles, funding, close, closeTime, validity, revision };
}
