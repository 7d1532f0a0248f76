import type { UTCTimestamp } from 'lightweight-charts';

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
  /** Low, mid and high of ln(close[t+h]/close[t]), a row for each step h = 1, 2, ... of one decision candle. */
  readonly values: readonly (readonly [number, number, number])[];
  /** Length of a step. */
  readonly stepMs: number;
}

/** How far a forecast looks ahead, in ms. */
export function horizonMs({ values, stepMs }: Forecast): number {
  return values.length * stepMs;
}

/** The quantiles in ascending order; those of a model may cross. */
export function sortedQuantiles(values: readonly [number, number, number]): [number, number, number] {
  return [...values].sort((a, b) => a - b) as [number, number, number];
}

/**
 * The prices of a forecast, from the close of its decision candle on. The chart places candles at their open times, so
 * that is where their closes belong as well.
 */
export function forecastPoints({ asOf, price, values, stepMs }: Forecast): FanPoint[] {
  const start = Date.parse(asOf) - stepMs;
  const at = (step: number) => Math.floor((start + step * stepMs) / 1000) as UTCTimestamp;
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
