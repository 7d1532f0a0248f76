import { z } from 'zod';
import { TIMEFRAME_MS } from '../../candle.ts';
import { QUANTILE_COUNT } from '../../dimensions.ts';
import { snakeKeys } from '../../runtime/key-case.ts';
import type { LossComparison } from '../../statistics/diebold-mariano.ts';
import { type HorizonQuality, measureHorizons } from '../../statistics/horizon-quality.ts';
import { goldenCase } from './golden-case.ts';
import { DISTRIBUTION_TOLERANCE, STATISTICS_TOLERANCE } from './tolerances.ts';

const number = z.number();
const quantiles = z.tuple([number, number, number]);

const shape = z.object({
  levels: quantiles,
  steps: z.array(number.int().positive()).min(1),
  closes: z.array(number.positive()),
  /** With the quantiles at each of `steps`. */
  forecasts: z.array(z.object({ index: number.int().nonnegative(), quantiles: z.array(quantiles) })),
});

/** Figures that a normal or Student's t distribution enters. */
const BY_DISTRIBUTION = /random_walk|\.p$/;

/** Forecasts by horizon (statistics.md#40 to statistics.md#50), of 15m candles. */
export const forecastQualityCase = goldenCase(
  {
    name: 'forecast quality',
    fields: ['levels', 'steps', 'closes', 'forecasts'],
    toleranceOf: (path) => (BY_DISTRIBUTION.test(path) ? DISTRIBUTION_TOLERANCE : STATISTICS_TOLERANCE),
  },
  shape,
  async ({ levels, steps, closes, forecasts }) => {
    const horizonSteps = Math.max(...steps);
    const horizons = await measureHorizons(
      {
        closes: Float64Array.from(closes),
        forecasts: forecasts.map((one) => ({
          index: one.index,
          quantiles: rowsOf(steps, one.quantiles, horizonSteps),
        })),
        pipeline: { decisionMs: TIMEFRAME_MS['15m'], horizonSteps, quantileLevels: levels },
        horizons: steps,
      },
      async () => {},
    );
    return { horizons: horizons.map(horizonAnswer) };
  },
);

/** Row-major [horizon, 3] with the quantiles of some steps. */
function rowsOf(
  steps: readonly number[],
  given: readonly (readonly number[])[],
  horizonSteps: number,
): Float64Array {
  const rows = new Float64Array(horizonSteps * QUANTILE_COUNT).fill(Number.NaN);
  steps.forEach((step, at) => {
    rows.set(given[at] ?? [], (step - 1) * QUANTILE_COUNT);
  });
  return rows;
}

function horizonAnswer({
  horizon,
  levels: _,
  againstClimatology,
  againstRandomWalk,
  byVolatility,
  ...measured
}: HorizonQuality) {
  return {
    ...snakeKeys(measured),
    step: horizon,
    against_climatology: comparisonAnswer(againstClimatology),
    against_random_walk: comparisonAnswer(againstRandomWalk),
    by_volatility: byVolatility && {
      cuts: byVolatility.cuts,
      groups: byVolatility.groups.map((group) => snakeKeys(group)),
    },
  };
}

function comparisonAnswer(comparison: LossComparison | null) {
  return comparison && snakeKeys(comparison);
}
