import { roundHalfEven } from '../pipeline/forecast-features.ts';

const FRACTIONS = [1 / 48, 1 / 12, 1 / 4, 1 / 2, 1] as const;

/** The steps (1..horizon, ascending) at which forecasts are judged, in decision candles (statistics.md#40). */
export function forecastSteps(horizonSteps: number): readonly number[] {
  return [...new Set(FRACTIONS.map((fraction) => Math.max(1, roundHalfEven(horizonSteps * fraction))))];
}
