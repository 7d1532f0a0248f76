import { z } from 'zod';
import {
  direction,
  modelId,
  orderType,
  requestDirection,
  symbol,
  time,
  warmUpStatus,
} from '../shared/fields.ts';

export const signalQuery = z.object({ model_id: modelId, symbol: symbol.optional() });

export const pollRequest = signalQuery.extend({
  current_price: z
    .number()
    .positive()
    .optional()
    .describe('compared with the market price, otherwise unused'),
  signal: requestDirection.optional().describe('an external signal, in any case'),
  confidence: z.number().min(0).max(100).optional(),
});

export const signalAnswer = z
  .object({
    model_id: z.string(),
    symbol: z.string(),
    signal: direction.nullable().describe('null if the package did not decide'),
    confidence: z.number().min(0).max(100).nullable(),
    sentiment: z.enum(['bullish', 'bearish', 'neutral']).nullable(),
    decided: z.boolean().describe('whether this request took the decision'),
    action: orderType,
    reason: z.string().nullable().describe('why there is no order; null if there is one'),
    actions: z.array(z.string()),
    opened_position: z.record(z.string(), z.unknown()).nullable(),
    closed_positions: z.array(z.record(z.string(), z.unknown())),
    warmup_status: warmUpStatus.nullable().describe('null without a package'),
    current_stats: z.record(z.string(), z.unknown()).nullable(),
    as_of: time.nullable().describe('close time of the decision candle'),
    market_source: z.string(),
  })
  .meta({ id: 'SignalAnswer' });

export type SignalAnswer = z.infer<typeof signalAnswer>;
