import { endOf, type Fan, startOf } from '../../charts/forecast-points.ts';
import { duration, utcMoment } from '../../format/time.ts';
import { type ForecastPage, pastForecasts } from './chart/chart-answers.ts';

/** The newest forecast of a page, if an instant (ms since the epoch) is in its horizon. */
export function forecastAt(page: ForecastPage, at: number): Fan | null {
  const fan = pastForecasts(page).at(-1)?.fan;
  return fan === undefined || endOf(fan) <= at ? null : fan;
}

/**
 * What the chart shows for a candle whose own forecast is not kept; undefined where it is kept.
 * @param candle close time, ISO 8601
 */
export function insteadSentence(candle: string, forecast: Fan | null): string | undefined {
  if (forecast === null) return 'No forecast of this candle is kept.';
  const earlier = Date.parse(candle) - startOf(forecast);
  return earlier === 0
    ? undefined
    : `Not every forecast is kept. The chart shows the one before, of ${utcMoment(startOf(forecast))}, ${duration(earlier)} earlier.`;
}
