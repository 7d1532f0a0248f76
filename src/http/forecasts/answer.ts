import type { StoredForecastRow } from '../../decisions/forecast-repository.ts';
import { quantilesAt } from '../../pipeline/forecast-trend.ts';
import { isoTime } from '../../runtime/iso-time.ts';
import type { PastForecastAnswer } from './schema.ts';

/** Steps of a thinned forecast. */
const FAN_STEPS = 24;

/** Rows of low, mid and high. @param quantiles row-major [horizon, 3] */
export function forecastRows(quantiles: ArrayLike<number>): [number, number, number][] {
  return Array.from({ length: quantiles.length / 3 }, (_, index) => {
    const { low, mid, high } = quantilesAt(quantiles, index + 1);
    return [low, mid, high];
  });
}

/**
 * A forecast, thinned, with what came of it.
 * @param closes by close time (ms), where known
 */
export function answerOfPastForecast(
  { asOf, quantiles }: StoredForecastRow,
  decisionMs: number,
  closes: ReadonlyMap<number, number>,
): PastForecastAnswer {
  const horizon = quantiles.length / 3;
  const endAt = endOf({ asOf, quantiles }, decisionMs);
  const price = closes.get(asOf) ?? null;
  const endPrice = closes.get(endAt) ?? null;
  const stride = Math.max(1, Math.ceil(horizon / FAN_STEPS));
  const steps = Array.from({ length: horizon }, (_, index) => index + 1).filter(
    (step) => step === 1 || step === horizon || step % stride === 0,
  );
  return {
    as_of: isoTime(asOf),
    price,
    fan: steps.map((step) => {
      const { low, mid, high } = quantilesAt(quantiles, step);
      return [step, low, mid, high];
    }),
    step_seconds: decisionMs / 1000,
    end_at: isoTime(endAt),
    end_price: endPrice,
    inside: price === null || endPrice === null ? null : isInside(quantiles, Math.log(endPrice / price)),
  };
}

/** When the last step of a forecast is over, ms. */
export function endOf({ asOf, quantiles }: StoredForecastRow, decisionMs: number): number {
  return asOf + (quantiles.length / 3) * decisionMs;
}

/** Whether a return lies in the band of the last step; quantiles may cross. */
function isInside(quantiles: ArrayLike<number>, value: number): boolean {
  const { low, high } = quantilesAt(quantiles, quantiles.length / 3);
  return Math.min(low, high) <= value && value <= Math.max(low, high);
}
