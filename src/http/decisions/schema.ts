import { z } from 'zod';
import { HORIZON_STEPS } from '../../dimensions.ts';
import { candleAnswer } from '../market/candle-schema.ts';

const side = z.enum(['long', 'short']);

const givenPosition = z
  .object({
    side,
    entry_price: z.number().positive(),
    size_usdt: z.number().nonnegative().describe('notional at entry'),
    leverage: z.number().min(1).max(125),
    time_in_trade_steps: z.number().nonnegative().max(100_000).optional().describe('15-minute steps'),
    opened_at: z.iso.datetime({ offset: true }).optional(),
  })
  .refine((position) => position.time_in_trade_steps !== undefined || position.opened_at !== undefined, {
    error: 'needs time_in_trade_steps or opened_at',
  });

export const inferenceRequest = z.object({
  model_id: z.string().min(1).max(80),
  symbol: z.string().min(1).max(40),
  current_price: z.number().positive(),
  account_state: z.object({
    equity: z.number(),
    positions: z.array(givenPosition).max(100).default([]),
  }),
});

export type InferenceRequest = z.infer<typeof inferenceRequest>;

const actionType = z.enum(['OPEN_LONG', 'OPEN_SHORT', 'CLOSE', 'HOLD', 'FLIP']);

const quantiles = z.object({ low: z.number(), mid: z.number(), high: z.number() });

export const inferenceAnswer = z
  .object({
    action: z.object({
      type: actionType,
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
      feature_validity: z.object({
        valid: z.boolean(),
        reason: z.string().nullable(),
        detail: z.string().nullable(),
      }),
      reason: z.string().nullable(),
      last_candle: candleAnswer,
      account_vector: z.array(z.number()).length(9),
      raw_action: z.array(z.number()).length(5),
      strength: z.int().min(0).max(99),
      quantile_summary: z.record(z.string(), quantiles).describe('by horizon in 15-minute steps'),
      timings_ms: z.record(z.string(), z.number()),
      model_id: z.string(),
      market_source: z.string(),
    }),
  })
  .meta({ id: 'InferenceAnswer' });

export const modelQuery = z.object({
  model_id: z.string().min(1).max(80),
  symbol: z.string().min(1).max(40).optional(),
});

export const signalAnswer = z
  .object({
    model_id: z.string(),
    symbol: z.string(),
    signal: z.enum(['LONG', 'SHORT', 'FLAT']).nullable().describe('null where the model was not asked'),
    confidence: z.number().min(0).max(100).nullable(),
    sentiment: z.enum(['bullish', 'bearish', 'neutral']).nullable(),
    decided: z.boolean().describe('whether this very request took the decision'),
    action: actionType,
    reason: z.string().nullable().describe('why there is no order; null where there is one'),
    actions: z.array(z.string()),
    opened_position: z.record(z.string(), z.unknown()).nullable(),
    closed_positions: z.array(z.record(z.string(), z.unknown())),
    warmup_status: z
      .enum(['PENDING', 'RUNNING', 'DONE', 'ERROR'])
      .nullable()
      .describe('null without a package'),
    current_stats: z.record(z.string(), z.unknown()).nullable(),
    as_of: z.iso.datetime().nullable().describe('close time of the candle decided on'),
    market_source: z.string(),
  })
  .meta({ id: 'SignalAnswer' });

export const mlSignalParams = z.object({ model_id: z.string().min(1).max(80) });
export const mlSignalQuery = modelQuery.pick({ symbol: true });

export const mlSignalAnswer = z
  .object({
    model_id: z.string(),
    symbol: z.string(),
    signal: z.enum(['LONG', 'SHORT', 'FLAT']),
    confidence: z.int().min(0).max(100),
    sentiment: z.enum(['bullish', 'bearish', 'neutral']),
    current_price: z.number(),
    probabilities: z
      .object({ long: z.number(), flat: z.number(), short: z.number() })
      .describe('percent, sum 100'),
    action_raw: z.array(z.number()).length(5),
    forecast_values: z
      .array(z.tuple([z.number(), z.number(), z.number()]))
      .length(HORIZON_STEPS)
      .describe(`low, mid, high of ln(close[t+h]/close[t]) for h = 1..${HORIZON_STEPS} steps of 15 minutes`),
    timestamp: z.iso.datetime().describe('close time of the newest closed candle'),
    diagnostics: z.object({
      valid: z.boolean(),
      reason: z.string().nullable(),
      detail: z.string().nullable(),
      strength: z.int().min(0).max(99),
      leverage: z.int(),
      size_pct: z.number().describe('share of the exposure that is left, 0 to 1'),
      stop_atr_multiple: z.number(),
      target_atr_multiple: z.number(),
      atr_14: z.number(),
      account_vector: z.array(z.number()).length(9),
      forecast_quantiles: z.array(z.number()).length(3),
      warmup_status: z.enum(['PENDING', 'RUNNING', 'DONE', 'ERROR']),
      timings_ms: z.record(z.string(), z.number()),
      market_source: z.string(),
    }),
  })
  .meta({ id: 'MlSignalAnswer' });

export type MlSignalAnswer = z.infer<typeof mlSignalAnswer>;
