import { z } from 'zod';
import { accountStatus, direction, nullableNumber, orderType, time } from '../shared/fields.ts';

export const accountListQuery = z.object({
  sort: z
    .enum(['worst', 'best', 'drawdown', 'name'])
    .default('worst')
    .describe('by return, by the drawdown that stands, or by id'),
});

const listedAccount = z.object({
  rank: z.int().describe('1 for the first of the list'),
  model_id: z.string(),
  model_package_id: z.string().nullable(),
  package_name: z.string().nullable(),
  symbol: z.string(),
  status: accountStatus,
  loop: z.enum(['none', 'starting', 'polling', 'silent', 'service']),
  total_equity: z.number(),
  total_return_pct: z.number(),
  drawdown_pct: z.number().describe('the drawdown that stands'),
  max_drawdown_pct: z.number(),
  mark_price: nullableNumber,
  mark_time: time.nullable(),
  open_lots_count: z.int(),
  side: z.enum(['Long', 'Short']).nullable(),
  total_trades: z.int(),
  last_decision: z
    .object({
      as_of: time,
      signal: direction.nullable(),
      action: orderType,
      reason: z.string().nullable(),
    })
    .nullable()
    .describe('of this epoch'),
});

export const accountList = z
  .object({
    items: z.array(listedAccount),
    totals: z.object({
      accounts: z.int(),
      by_status: z.object({ ACTIVE: z.int(), PAUSED: z.int(), KILLED: z.int() }),
      with_open_lots: z.int(),
      total_equity: z.number(),
    }),
  })
  .meta({ id: 'PaperAccountList' });

export type AccountListAnswer = z.infer<typeof accountList>;
export type ListedAccountAnswer = z.infer<typeof listedAccount>;
export type AccountSort = z.infer<typeof accountListQuery>['sort'];
