import { z } from 'zod';
import { createRequest, forecastQuality, limits, performance, settings } from '../accounts/schema.ts';
import { pageQuery } from '../shared/paging.ts';

const time = z.iso.datetime();
const moment = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

/** Candles of two years and a few days. */
const MOST_CANDLES = 70_200;

export const replayParams = z.object({ id: z.string().min(1).max(120) });

export const replayRequest = createRequest.omit({ symbol: true }).extend({
  model_id: z.string().min(1).max(80),
  from: moment.describe('the first quarter of an hour is the one that this falls in'),
  to: moment.describe('the last one ends here or before; at most now, and 731 days after "from"'),
  decided: z
    .union([z.array(moment).max(MOST_CANDLES), z.literal('account')])
    .optional()
    .describe(
      'close times of the candles to decide on, or those that the account of the package decided on; every candle unless given',
    ),
  label: z.string().trim().min(1).max(100).optional(),
});

export const replayList = pageQuery.extend({ model_id: z.string().min(1).max(80).optional() });

export const replay = z
  .object({
    id: z.string(),
    kind: z.literal('replay'),
    model_id: z.string(),
    model_package_id: z.string(),
    package_version: z.string(),
    symbol: z.string(),
    market_source: z.enum(['live', 'recorded']),
    label: z.string().nullable(),
    from: time,
    to: time,
    initial_balance: z.number(),
    settings: settings.extend(limits.shape),
    decided_candles: z.int().nullable().describe('null where every candle is decided on'),
    state: z.enum(['QUEUED', 'RUNNING', 'DONE', 'CANCELLED', 'FAILED']),
    progress: z.object({
      phase: z.enum(['LOADING', 'DECIDING', 'EVALUATING']).nullable(),
      done: z.int().describe('quarters of an hour'),
      total: z.int(),
      pct: z.number(),
    }),
    error: z.object({ code: z.string(), detail: z.string() }).nullable(),
    quarters_incomplete: z.int().describe('that lacked 3m candles, so that nothing could open in them'),
    quarters_incomplete_pct: z.number().nullable(),
    forecasts: z.object({ computed: z.int(), known: z.int().describe('from before') }),
    created_at: time,
    started_at: time.nullable(),
    finished_at: time.nullable(),
    result: z
      .object({
        status: z.enum(['ACTIVE', 'PAUSED', 'KILLED']),
        wallet_usdt: z.number(),
        performance,
        reasons: z
          .record(z.string(), z.int())
          .describe('candles by reason, or by action where a lot was opened'),
        forecast_quality: forecastQuality.nullable(),
      })
      .nullable()
      .describe('null until it is DONE'),
  })
  .meta({ id: 'Replay' });

export const replayPage = z.object({ items: z.array(replay), next_cursor: z.string().nullable() });

export type ReplayAnswer = z.infer<typeof replay>;
export type ReplayPageAnswer = z.infer<typeof replayPage>;
