import { z } from 'zod';
import { accountStatus, symbol, symbolTrades, time, timeframe, warmUpStatus } from '../shared/fields.ts';

export const accountSettings = z.object({
  opposite: z.enum(['flip', 'hold']).describe('what a signal against the open lots does'),
  stop_gap: z.enum(['open', 'stop']).describe('fill price of a stop when a candle opens beyond it'),
  hold_clock: z.enum(['training', 'wall']).describe('clock of lots that the policy opened'),
  external_hold_clock: z.enum(['training', 'wall']).describe('clock of all other lots'),
  funding: z.boolean().describe('whether funding is paid'),
  kill_level: z.number().min(0).max(1).describe('kill switch, as a share of the initial balance'),
  default_margin_pct: z.number().positive().max(10).describe('of the equity'),
  stop_loss_pct: z.number().positive().max(100).describe('return on margin'),
  min_confidence: z.number().min(0).max(100).describe('of external signals'),
});

export const accountLimits = z.object({
  max_positions: z.int().min(1).max(10),
  default_leverage: z.int().min(1).max(10),
  profit_target_pct: z.number().positive().max(1000).describe('return on margin'),
  time_limit_hours: z.number().positive().max(1000),
});

export const createRequest = accountLimits.partial().extend({
  model_id: z.string().regex(/^[A-Za-z0-9_-]{1,80}$/, 'may have letters, digits, _ and -'),
  symbol: symbol.optional(),
  initial_balance: z.number().min(1).max(10_000_000).optional().describe('10,000 by default'),
  settings: accountSettings.partial().optional(),
});

export type CreateRequest = z.infer<typeof createRequest>;

/** What an account or a replay keeps of the pipeline of its package, which may be deleted. */
export const accountPipeline = z.object({
  decision_tf: timeframe.describe('of the candles that decisions are taken on'),
  intrabar_tf: timeframe.describe('of the candles that stops and targets are executed on'),
  max_hold_steps: z.int().describe('decision candles after which a lot of the policy is closed'),
});

export const account = accountLimits
  .extend({
    model_id: z.string(),
    model_package_id: z.string().nullable(),
    symbol: z.string(),
    symbol_trades: symbolTrades,
    ...accountPipeline.shape,
    status: accountStatus,
    warmup_required: z.boolean(),
    warmup_status: warmUpStatus.nullable().describe('null without a package'),
    balance_usdt: z.number().describe('wallet minus margins'),
    total_equity: z.number().describe('with open lots at mark_price'),
    mark_price: z
      .number()
      .nullable()
      .describe('what open lots are valued at, in every answer: the newest known close'),
    mark_time: time.nullable().describe('when that candle closed'),
    status_at: time.nullable().describe('when the status last changed; null if unknown'),
    initial_balance: z.number(),
    total_trades: z.int(),
    winning_trades: z.int(),
    losing_trades: z.int(),
    settings: accountSettings,
    epoch: z.int(),
    created_at: time,
    updated_at: time,
    reset_at: time.nullable(),
  })
  .meta({ id: 'PaperAccount' });

export type AccountAnswer = z.infer<typeof account>;
