import { z } from 'zod';
import { candleAnswer } from '../market/schema.ts';
import {
  modelId,
  nullableNumber,
  orderType,
  requestSide,
  requestTime,
  symbol,
  timings,
} from '../shared/fields.ts';

const side = z.enum(['long', 'short']);

/** A lot as clients keep it, or as this service answers it (http.md#12). */
const givenPosition = z
  .object({
    side: requestSide,
    entry_price: z.number().positive(),
    size_usdt: z.number().nonnegative().describe('notional at entry'),
    leverage: z.number().min(1).max(125),
    time_in_trade_steps: z.number().nonnegative().max(100_000).optional().describe('decision candles'),
    opened_at: requestTime.optional(),
    open_time: requestTime.optional().describe('the same as opened_at, as lots of this service have it'),
    status: z.enum(['OPEN', 'CLOSED']).optional().describe('a CLOSED lot is left out'),
  })
  .refine(
    ({ time_in_trade_steps: age, opened_at, open_time }) => (age ?? opened_at ?? open_time) !== undefined,
    {
      error: 'needs time_in_trade_steps, opened_at or open_time',
    },
  );

export const inferenceRequest = z.object({
  model_id: modelId,
  symbol,
  current_price: z.number().positive(),
  account_state: z.object({
    equity: z.number(),
    positions: z.array(givenPosition).max(1000).default([]),
  }),
});

export type InferenceRequest = z.infer<typeof inferenceRequest>;

const quantiles = z.object({ low: z.number(), mid: z.number(), high: z.number() });

export const inferenceAnswer = z
  .object({
    action: z.object({
      type: orderType,
      side: side.nullable(),
      size_usdt: z.number().nullable(),
      margin_usdt: z.number().nullable(),
      leverage: z.int().nullable(),
      stop_loss: z.number().nullable(),
      take_profit: z.number().nullable(),
    }),
    confidence: z.int().min(0).max(100),
    debug: z.object({
      forecast_trend: z.enum(['bullish', 'bearish', 'neutral']),
      feature_validity: z.boolean(),
      feature_validity_reason: z.string().nullable(),
      feature_validity_detail: z.string().nullable(),
      reason: z.string().nullable(),
      last_candle: candleAnswer,
      account_vector: z.array(nullableNumber).length(9).describe('null is not finite'),
      raw_action: z.array(z.number()).length(5),
      strength: z.int().min(0).max(99),
      quantile_summary: z
        .record(z.string(), quantiles)
        .describe('by horizon in decision candles; empty where a quantile of the forecast is not finite'),
      timings_ms: timings,
      model_id: z.string(),
      market_source: z.string(),
    }),
  })
  .meta({ id: 'InferenceAnswer' });

export type InferenceAnswer = z.infer<typeof inferenceAnswer>;
