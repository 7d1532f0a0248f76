import { z } from 'zod';
import { nullableNumber, requestTime, time, timeframe } from '../shared/fields.ts';
import { pageOf } from '../shared/paging.ts';

export const equityQuery = z.object({
  from: requestTime.optional(),
  to: requestTime.optional(),
  points: z.coerce.number().int().min(3).max(5000).default(500),
  timeframe: timeframe
    .optional()
    .describe('one point for each candle of this length, at most 5000, instead of `points`'),
});

export const equityCurve = pageOf(
  z.object({
    time,
    total_equity: z.number(),
    wallet_usdt: z.number(),
    drawdown_pct: z.number().describe('below the highest equity of the epoch so far, 0 or more'),
    worst_drawdown_pct: z.number().describe('the deepest since the point before'),
    holding_equity: nullableNumber.describe(
      'what the initial balance would be worth, had it bought the symbol at the start; null where a price is unknown',
    ),
    price: nullableNumber.describe('close of the symbol at that time; null if the candle is not stored'),
    open_positions_count: z.int(),
    side: z.enum(['Long', 'Short']).nullable(),
  }),
);

export type EquityAnswer = z.infer<typeof equityCurve>;
