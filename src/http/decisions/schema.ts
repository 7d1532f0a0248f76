import { z } from 'zod';
import {
  direction,
  nullableNumber,
  orderType,
  recordRange,
  recordResult,
  recordSide,
  time,
  timeSort,
  timings,
} from '../shared/fields.ts';
import { numberedPageOf, numberedQuery } from '../shared/paging.ts';

/** The gates, by the order of paper.md#13. */
const noOrderReason = z.enum([
  'KILLED',
  'PAUSED',
  'ARCHIVED',
  'NO_MODEL',
  'WARMUP',
  'STALE',
  'GAP',
  'INVALID_FEATURES',
  'FLAT',
  'LOW_CONFIDENCE',
  'OPPOSITE',
  'MAX_POSITIONS',
  'EXPOSURE',
  'MIN_SIZE',
  'BALANCE',
  'MISSED',
]);

export const decisionRow = z
  .object({
    as_of: time.describe('close of the candle'),
    epoch: z.int(),
    decided: z.boolean(),
    source: z.enum(['policy', 'external']).nullable(),
    signal: direction.nullable(),
    confidence: nullableNumber,
    sentiment: z.string().nullable(),
    action: orderType,
    reason: noOrderReason.nullable().describe('why no position was opened; null if one was'),
    actions: z.array(z.string()),
    position_id: z.string().nullable(),
    order: z
      .object({
        side: z.enum(['long', 'short']),
        fill_price: z.number(),
        size_usdt: z.number().describe('notional'),
        margin_usdt: z.number(),
        leverage: z.number(),
        stop_loss: z.number(),
        take_profit: z.number(),
        fee_usdt: z.number(),
      })
      .nullable(),
    evidence: z
      .object({
        inputs_hash: z.string().nullable().describe('of the candles and funding rates'),
        quantiles: z.array(z.object({ step: z.int(), low: z.number(), mid: z.number(), high: z.number() })),
        raw_action: z.array(z.number()),
        account_vector: z.array(z.number()),
        timings_ms: timings.describe('by stage'),
      })
      .nullable()
      .describe('inputs and outputs of the package; null if it did not decide'),
  })
  .meta({ id: 'PaperDecision' });

export const decisions = numberedPageOf(decisionRow);

export const decisionsQuery = numberedQuery.extend({
  side: recordSide.describe('of the signal'),
  result: recordResult.describe('of the lot that the decision opened'),
  reason: noOrderReason.optional(),
  action: orderType.optional(),
  epoch: z.coerce.number().int().optional(),
  sort: timeSort,
  ...recordRange,
});

export type DecisionRowAnswer = z.infer<typeof decisionRow>;
