import { z } from 'zod';
import { FORECAST_VALUES_TEXT, forecastValues } from '../forecasts/schema.ts';
import { direction, nullableNumber, timings, warmUpStatus } from '../shared/fields.ts';

export const mlSignalAnswer = z
  .object({
    model_id: z.string(),
    symbol: z.string(),
    signal: direction,
    confidence: z.int().min(0).max(100),
    sentiment: z.enum(['bullish', 'bearish', 'neutral']),
    current_price: z.number(),
    probabilities: z
      .object({ long: z.number(), flat: z.number(), short: z.number() })
      .describe('percent, sum 100'),
    action_raw: z.array(z.number()).length(5),
    forecast_values: forecastValues.describe(
      `${FORECAST_VALUES_TEXT}; empty where one of them is not finite`,
    ),
    timestamp: z.iso.datetime().describe('close time of the newest closed candle'),
    diagnostics: z.object({
      valid: z.boolean(),
      reason: z.string().nullable(),
      detail: z.string().nullable(),
      strength: z.int().min(0).max(99),
      leverage: z.int(),
      size_pct: z.number().describe('share of the remaining exposure, 0 to 1'),
      stop_atr_multiple: z.number(),
      target_atr_multiple: z.number(),
      atr_14: nullableNumber,
      account_vector: z.array(nullableNumber).length(9).describe('null is not finite'),
      forecast_quantiles: z.array(z.number()).length(3),
      warmup_status: warmUpStatus,
      timings_ms: timings,
      market_source: z.string(),
    }),
  })
  .meta({ id: 'MlSignalAnswer' });

export const mlSignalLiteAnswer = mlSignalAnswer
  .omit({ forecast_values: true })
  .meta({ id: 'MlSignalLiteAnswer' });

export type MlSignalAnswer = z.infer<typeof mlSignalAnswer>;
