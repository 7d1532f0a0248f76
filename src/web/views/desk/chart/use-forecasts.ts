import type { StoredForecastAnswer } from '../../../../http/forecasts/schema.ts';
import { type Fan, fanOf } from '../../../charts/forecast-points.ts';
import { getJson } from '../../../data/api.ts';
import { type Resource, useResource } from '../../../data/resource.ts';
import { withQuery } from '../../../data/urls.ts';
import { HOUR_MS } from '../../../format/time.ts';
import { type ForecastPage, type PastForecast, pastForecasts } from './chart-answers.ts';
import type { ChartRun } from './chart-run.ts';

/**
 * Forecasts one horizon apart, from the newest back, newest first.
 * @param horizonMs of the package's forecasts
 * @param from ms since the epoch
 */
export function usePastForecasts(
  { source, packageId }: Pick<ChartRun, 'source' | 'packageId'>,
  horizonMs: number,
  from: number,
): Resource<readonly PastForecast[]> {
  const every = `${Math.max(1, Math.round(horizonMs / HOUR_MS))}h`;
  return useResource(
    async (signal) => {
      if (packageId === undefined) return [];
      const range = { every, from: new Date(from).toISOString(), limit: '500', sort: 'newest' };
      return pastForecasts(await getJson<ForecastPage>(withQuery(source.forecasts, range), { signal }));
    },
    [source.forecasts, packageId, every, from],
    source.reloadOptions('decision'),
  );
}

/**
 * The whole forecast on a candle; null without a candle, and where its price is not stored.
 * @param asOf close time of the candle, ISO 8601
 * @param stepMs length of a decision candle
 */
export function useForecast(
  { source, packageId }: Pick<ChartRun, 'source' | 'packageId'>,
  asOf: string | undefined,
  stepMs: number,
): Resource<Fan | null> {
  return useResource(
    async (signal) => {
      if (packageId === undefined || asOf === undefined) return null;
      const address = withQuery(source.forecasts, { as_of: asOf });
      const { as_of, price, forecast_values } = await getJson<StoredForecastAnswer>(address, { signal });
      return price === null ? null : fanOf({ asOf: as_of, price, values: forecast_values, stepMs });
    },
    [source.forecasts, packageId, asOf, stepMs],
  );
}
