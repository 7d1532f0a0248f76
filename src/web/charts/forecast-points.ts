import type { UTCTimestamp } from 'lightweight-charts';
import { DECISION_CANDLE_MS } from '../service-rules.ts';

/** The three quantiles of the price at a time. */
export interface FanPoint {
  readonly time: UTCTimestamp;
  readonly low: number;
  readonly mid: number;
  readonly high: number;
}

/** A forecast as the API gives it. */
export interface Forecast {
  /** Close time of its decision candle, ISO 8601. */
  readonly asOf: string;
  /** Close of that candle. */
  readonly price: number;
  /** Low, mid and high of ln(close[t+h]/close[t]) for h = 1..192 decision candles. */
  readonly values: readonly (readonly [number, number, number])[];
}

const STEP_SECONDS = DECISION_CANDLE_MS / 1000;

/** The quantiles in ascending order; those of a model may cross. */
export function sortedQuantiles(values: readonly [number, number, number]): [number, number, number] {
  return [...values].sort((a, b) => a - b) as [number, number, number];
}

/**
 * The prices of a forecast, from the close of its decision candle on. The chart places candles at their open times, so
 * that is where their closes belong as well.
 */
export function forecastPoints({ asOf, price, values }: Forecast): FanPoint[] {
  const start = Math.floor(Date.parse(asOf) / 1000) - STEP_SECONDS;
  const at = (step: number) => (start + step * STEP_SECONDS) as UTCTimestamp;
  return [
    { time: at(0), low: price, mid: price, high: price },
    ...values.map((quantiles, index) => {
      const [low, mid, high] = sortedQuantiles(quantiles);
      return {
        time: at(index + 1),
        low: price * Math.exp(low),
        mid: price * Math.exp(mid),
        high: price * Math.exp(high),
      };
    }),
  ];
}
