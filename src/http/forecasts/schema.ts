import { z } from 'zod';
import { nullableNumber, recordRange, requestTime, time, timeSort } from '../shared/fields.ts';
import { numberedPageOf, numberedQuery } from '../shared/paging.ts';

/** One row per step of the package's forecast; a step is one decision candle. */
export const forecastValues = z.array(z.tuple([z.number(), z.number(), z.number()]));
export const FORECAST_VALUES_TEXT =
  'low, mid, high of ln(close[t+h]/close[t]) for each step h of the forecast, of one decision candle each';

const HOUR_MS = 3_600_000;

/** A forecast by its candle; without `as_of` a list. */
export const forecastQuery = numberedQuery.omit({ cursor: true }).extend({
  as_of: requestTime.optional().describe('close of the candle that the forecast was made on'),
  every: z
    .string()
    .regex(/^[1-9]\d{0,3}h$/, 'is a number of hours, for example 48h')
    .transform((text) => Number.parseInt(text, 10) * HOUR_MS)
    .optional()
    .describe('only forecasts that are so far apart, from the newest of the range back; for example 48h'),
  sort: timeSort,
  ...recordRange,
});

export const storedForecast = z
  .object({
    model_id: z.string(),
    symbol: z.string(),
    as_of: time,
    price: nullableNumber.describe('close of that candle'),
    forecast_values: forecastValues.describe(FORECAST_VALUES_TEXT),
  })
  .meta({ id: 'StoredForecastRow' });

const pastForecast = z
  .object({
    as_of: time.describe('close of the candle that it was made on'),
    price: nullableNumber.describe('close of that candle'),
    fan: z
      .array(z.tuple([z.int(), z.number(), z.number(), z.number()]))
      .describe('some steps h, each with low, mid, high of ln(close[t+h]/close[t])'),
    step_seconds: z.number(),
    end_at: time.describe('close of the candle of the last step'),
    end_price: nullableNumber.describe('close of that candle; null before it is known'),
    inside: z
      .boolean()
      .nullable()
      .describe('whether that price is between low and high; null before it is known'),
  })
  .meta({ id: 'PastForecast' });

export const pastForecasts = numberedPageOf(pastForecast).meta({ id: 'PastForecasts' });

export type PastForecastAnswer = z.infer<typeof pastForecast>;
