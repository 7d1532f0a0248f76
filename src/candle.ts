/** One OHLCV candle. Times are ms since the Unix epoch (UTC), prices in quote currency, volume in base currency. */
export interface Candle {
  readonly openTime: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** A candle in place of a missing one: no trade since the close before it. */
export function flatCandle(openTime: number, close: number): Candle {
  return { openTime, open: close, high: close, low: close, close, volume: 0 };
}

/** A funding settlement: `rate` is the fraction of entry notional that longs pay to shorts at `time` (ms, UTC). */
export interface FundingRate {
  readonly time: number;
  readonly rate: number;
}

export const MINUTE_MS = 60_000;
export const DAY_MS = 1440 * MINUTE_MS;

/** The timeframes that the service stores and serves, with their length in ms. */
export const TIMEFRAME_MS = {
  '1m': MINUTE_MS,
  '3m': 3 * MINUTE_MS,
  '5m': 5 * MINUTE_MS,
  '15m': 15 * MINUTE_MS,
  '30m': 30 * MINUTE_MS,
  '1h': 60 * MINUTE_MS,
  '2h': 120 * MINUTE_MS,
  '4h': 240 * MINUTE_MS,
  '1d': DAY_MS,
} as const;

export type Timeframe = keyof typeof TIMEFRAME_MS;

/** Timeframes on whose candles a pipeline may decide (pipelines.md#2). */
export const DECISION_TIMEFRAMES = ['5m', '15m', '30m', '1h', '2h', '4h'] as const;
export type DecisionTimeframe = (typeof DECISION_TIMEFRAMES)[number];

/** Timeframes of the candles that stops and targets are executed on (pipelines.md#3). */
export const INTRABAR_TIMEFRAMES = ['1m', '3m', '5m', '15m'] as const;
export type IntrabarTimeframe = (typeof INTRABAR_TIMEFRAMES)[number];

/** Open time of the newest candle of `timeframe` that is closed at `now` (both ms). */
export function newestClosedOpenTime(now: number, timeframe: Timeframe): number {
  const length = TIMEFRAME_MS[timeframe];
  return Math.floor(now / length) * length - length;
}
