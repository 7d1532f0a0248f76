import type { Fan } from '../../charts/forecast-points.ts';
import { getJson } from '../../data/api.ts';
import { type Resource, useResource } from '../../data/resource.ts';
import { withQuery } from '../../data/urls.ts';
import type { ForecastPage } from './chart/chart-answers.ts';
import { forecastAt } from './forecast-at.ts';
import type { Run } from './run.ts';

/**
 * The forecast of a candle. Not every forecast is kept for ever, so it may be an earlier one whose horizon the candle is in;
 * null without a candle, and where there is none.
 * @param candle close time, ISO 8601
 */
export function useChosenForecast(
  { records, packageId }: Pick<Run, 'records' | 'packageId'>,
  candle: string | undefined,
): Resource<Fan | null> {
  return useResource(
    async (signal) => {
      if (packageId === undefined || candle === undefined) return null;
      const address = withQuery(records.forecasts, { to: candle, limit: '1', sort: 'newest' });
      return forecastAt(await getJson<ForecastPage>(address, { signal }), Date.parse(candle));
    },
    [records.forecasts, packageId, candle],
  );
}
