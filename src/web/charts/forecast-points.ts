import type { UTCTimestamp } from 'lightweight-charts';

/** The three quantiles of a price at a time. */
export interface FanPoint {
  readonly time: UTCTimestamp;
  readonly low: number;
  readonly mid: number;
  readonly high: number;
}

/** A forecast as the service answers it. */
export interface Forecast {
  /** Close of the candle that it was made on, ISO 8601. */
  readonly asOf: string;
  /** Close of that candle. */
  readonly price: number;
  /** Low, mid and high of ln(close[t+h]/close[t]) for h = 1..192 steps of 15 minutes. */
  readonly values: readonly (readonly [number, number, number])[];
}

const STEP_SECONDS = 15 * 60;

/** The quantiles in order: as a model gives them they may cross, and are sorted to be looked at. */
export function sortedQuantiles(values: readonly [number, number, number]): [number, number, number] {
  return [...values].sort((a, b) => a - b) as [number, number, number];
}

/**
 * The prices of a forecast, beginning with the one that it was made at. Candles stand at their open time, so the close
 * of a candle does too.
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
