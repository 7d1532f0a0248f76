import type { z } from 'zod';
import type { ForecastQuality } from '../../statistics/stored-forecast-quality.ts';
import type { forecastQuality } from '../accounts/schema.ts';
import { isoTime } from '../shared/time-schema.ts';

const STEPS_PER_HOUR = 4;

/** How good forecasts were; null where nothing was measured. */
export function answerOfQuality(quality: ForecastQuality | null): z.infer<typeof forecastQuality> | null {
  if (quality === null) return null;
  const { packageVersion, from, to, forecasts, horizons } = quality;
  return {
    package_version: packageVersion,
    from: from === null ? null : isoTime(from),
    to: to === null ? null : isoTime(to),
    forecasts,
    horizons: horizons.map((one) => ({
      horizon_steps: one.horizon,
      horizon_hours: one.horizon / STEPS_PER_HOUR,
      forecasts: one.forecasts,
      coverage_pct: one.coverage === null ? null : one.coverage * 100,
      nominal_pct: one.nominal * 100,
      compared: one.compared,
      pinball: one.pinball,
      historical_pinball: one.historicalPinball,
      skill: one.skill,
    })),
  };
}
