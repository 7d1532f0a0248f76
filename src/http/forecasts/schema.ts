import { z } from 'zod';
import { nullableNumber, requestTime, time } from '../shared/fields.ts';

/** One row per step of the package's forecast; a step is one decision candle. */
export const forecastValues = z.array(z.tuple([z.number(), z.number(), z.number()]));
export const FORECAST_VALUES_TEXT =
  'low, mid, high of ln(close[t+h]/close[t]) for each step h of the forecast, of one decision candle each';

export const forecastQuery = z.object({
  as_of: requestTime.describe('close of the candle that the forecast was made on'),
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

export type StoredForecastAnswer = z.infer<typeof storedForecast>;
