import { MINUTE_MS } from './format/time.ts';

// Numbers of the service's rules that the page shows; the page imports no values from the service.

/** Length of a decision candle (market.md#3). */
export const DECISION_CANDLE_MS = 15 * MINUTE_MS;
/** Length of a forecast in decision candles (forecast-and-policy.md#9). */
export const FORECAST_STEPS = 192;
/** The newest candle is stale this long after its close (market.md#16). */
export const STALE_AFTER_MS = 30 * MINUTE_MS;
/** With more filled candles in the window nothing is opened (market.md#16). */
export const MAX_FILLED_CANDLES = 8;
/** Largest sum of margins when a lot opens, as a share of equity (paper.md#14). */
export const MAX_EXPOSURE = 0.1;
/** Accounts with fewer closed trades have no rank (paper.md#59). */
export const MIN_TRADES_FOR_RANK = 30;
