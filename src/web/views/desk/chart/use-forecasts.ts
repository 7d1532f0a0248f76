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
