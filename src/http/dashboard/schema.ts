import { z } from 'zod';
import { account } from '../accounts/schema.ts';
import { mlSignalAnswer } from '../ml-signal/schema.ts';
import { performanceWithForecasts } from '../performance/schema.ts';
import { position } from '../positions/schema.ts';
import { nullableNumber, time } from '../shared/fields.ts';

/** What the account does now, as a code and a sentence. */
const present = z.object({
  code: z.string().describe('OPENED, UNDECIDED, or a reason for no order'),
  sentence: z.string(),
  direction: nullableNumber.describe('of the policy, -1 to 1'),
  threshold: z.number().describe('the direction beyond which a signal is not flat, on the nearer side'),
  agreement_pct: nullableNumber.describe(
    'sampled actions that have the direction of the signal; the confidence of an external signal',
  ),
  as_of: time.describe('close of the candle that it is about'),
});

const rules = z.object({
  direction_threshold: z.number(),
  max_positions: z.int(),
  policy: z
    .object({
      leverage: z.number(),
      size_pct: z.number().describe('of the exposure that is left'),
      stop_atr_multiple: z.number(),
      target_atr_multiple: z.number(),
    })
    .nullable()
    .describe('what the policy chose on the newest candle; null where it says nothing'),
  others: z
    .object({
      leverage: z.number(),
      margin_pct: z.number().describe('of the equity'),
      stop_loss_pct: z.number().describe('return on margin'),
      profit_target_pct: z.number().describe('return on margin'),
      time_limit_hours: z.number(),
      min_confidence: z.number().describe('of external signals'),
    })
    .describe('of external signals and orders by hand'),
});

export const dashboard = z
  .object({
    account,
    ml_signal: mlSignalAnswer
      .nullable()
      .describe('the current signal of the package; null if it cannot give one'),
    now: present,
    next_decision_at: time.describe('when the next decision candle closes'),
    rules,
    open_positions: z.array(position),
    open_positions_count: z.int(),
    available_slots: z.int(),
    recent_trades: z.array(position),
    performance: performanceWithForecasts,
    market_source: z.string(),
  })
  .meta({ id: 'PaperDashboard' });

export type DashboardAnswer = z.infer<typeof dashboard>;
