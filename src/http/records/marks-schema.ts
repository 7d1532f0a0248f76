import { z } from 'zod';
import { closeReason } from '../positions/schema.ts';
import { direction, nullableNumber, orderType, recordRange, time } from '../shared/fields.ts';

export const marksQuery = z.object(recordRange);

const day = z.object({
  day: time.describe('midnight'),
  lots: z.int(),
  winning_lots: z.int(),
  losing_lots: z.int(),
  gains_usdt: z.number(),
  losses_usdt: z.number().describe('0 or below'),
});

/** Closed lots as lines from entry to exit; sums by day where there are too many. */
export const marks = z
  .object({
    total: z.int().describe('closed lots that were open within the range'),
    lots: z
      .array(
        z.object({
          id: z.string(),
          position_id: z.string().describe('of the position that it belongs to'),
          side: z.enum(['Long', 'Short']),
          open_time: time,
          close_time: time,
          entry_price: z.number(),
          exit_price: z.number(),
          realized_pnl_usdt: z.number(),
          close_reason: closeReason,
        }),
      )
      .nullable()
      .describe('in the order closed; null where there are more than 400'),
    days: z.array(day).nullable().describe('by UTC day of closing; null where `lots` has all'),
  })
  .meta({ id: 'PaperMarks' });

export const directionsQuery = z.object({
  ...recordRange,
  limit: z.coerce.number().int().min(1).max(5000).default(1000).describe('the newest of the range'),
});

/** Decisions without their evidence, in order of time. */
export const directions = z
  .object({
    items: z.array(
      z.object({
        as_of: time,
        epoch: z.int(),
        decided: z.boolean(),
        signal: direction.nullable(),
        direction: nullableNumber.describe('of the policy, -1 to 1'),
        confidence: nullableNumber,
        action: orderType,
        reason: z.string().nullable(),
        position_id: z.string().nullable().describe('of the lot that it opened'),
      }),
    ),
    threshold: z.number().describe('a direction beyond it, on either side, is a signal'),
  })
  .meta({ id: 'PaperDirections' });

export type MarksAnswer = z.infer<typeof marks>;
export type DirectionsAnswer = z.infer<typeof directions>;
