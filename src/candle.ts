/** One OHLCV bar. Times are ms since the Unix epoch (UTC), prices in quote currency, volume in base currency. */
export interface Candle {
  readonly openTime: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** A funding settlement: `rate` is the fraction of entry notional that longs pay to shorts at `time` (ms, UTC). */
export interface FundingRate {
  readonly time: number;
  readonly rate: number;
}

export const MINUTE_MS = 60_000;

/** The timeframes that the service stores and serves, with their length in ms. */
export const TIMEFRAME_MS = {
  '1m': MINUTE_MS,
  '3m': 3 * MINUTE_MS,
  '5m': 5 * MINUTE_MS,
  '15m': 15 * MINUTE_MS,
  '30m': 30 * MINUTE_MS,
  '1h': 60 * MINUTE_MS,
  '4h': 240 * MINUTE_MS,
  '1d': 1440 * MINUTE_MS,
} as const;

export type Timeframe = keyof typeof TIMEFRAME_MS;

/** Candles of a window: every decision is computed from exactly this many (features.md#32). */
export const WINDOW_CANDLES = 1500;

/** Open time of the newest candle of `timeframe` that is closed at `now` (both ms). */
export function newestClosedOpenTime(now: number, timeframe: Timeframe): number {
  const length = TIMEFRAME_MS[timeframe];
  return Math.floor(now / length) * length - length;
}
