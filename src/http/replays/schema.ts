import { z } from 'zod';
import { TIMEFRAME_MS } from '../../candle.ts';
import { MAX_REPLAY_DAYS } from '../../replays/plan-replay.ts';
import { accountLimits, accountPipeline, accountSettings, createRequest } from '../accounts/schema.ts';
import { forecastQuality, performance, performanceTables } from '../performance/schema.ts';
import { accountStatus, modelId, requestTime, time } from '../shared/fields.ts';
import { pageOf, pageQuery } from '../shared/paging.ts';

/** The decision candles of the longest replay in the shortest timeframe. */
const MAX_DECIDED_CANDLES = (MAX_REPLAY_DAYS * 24 * 60 * 60_000) / TIMEFRAME_MS['5m'];

export const replayParams = z.object({ id: z.string().min(1).max(120) });

/** Packages of one request: as many as replays may wait or run. */
const MAX_MODELS = 20;

const replayFields = createRequest.omit({ symbol: true }).extend({
  model_id: modelId.optional(),
  model_ids: z
    .array(modelId)
    .min(1)
    .max(MAX_MODELS)
    .optional()
    .describe('in place of model_id: a replay for each of these packages, over one range'),
  from: requestTime.describe(
    'a time, rounded down to a decision candle of the package, or a date: the open of the first one',
  ),
  to: requestTime.describe(
    `a time, rounded down to a decision candle, or a date: the close of the last one; at most now, and ${MAX_REPLAY_DAYS} days ` +
      'after "from". A date is the UTC midnight that it begins at: 2026-11-01 to 2026-12-01 is November',
  ),
  decided: z
    .union([z.array(requestTime).max(MAX_DECIDED_CANDLES), z.literal('account')])
    .optional()
    .describe(
      'close times of the candles to decide on, or "account" for those that the account of the package decided on; ' +
        'every candle by default',
    ),
  label: z.string().trim().min(1).max(100).optional(),
});

export const replayRequest = replayFields.refine(
  ({ model_id, model_ids }) => (model_id === undefined) !== (model_ids === undefined),
  'Give either "model_id", or "model_ids" for several packages.',
);

export const replayListQuery = pageQuery.extend({ model_id: modelId.optional() });

const differingValue = z.union([z.number(), z.string()]).nullable();

const lookAhead = z
  .object({
    candles_checked: z.int().describe('those that opened a lot, and 200 spread evenly'),
    candles_equal: z
      .int()
      .describe('those on which the same is decided without, and with other, candles after them'),
    first_difference: z
      .object({
        candle: time.describe('close of the oldest candle that differs'),
        quantity: z.string().describe('for example `features.rsi_14` or `order.margin`'),
        alone: differingValue.describe('what the candle alone gives'),
        in_replay: differingValue,
      })
      .nullable(),
  })
  .describe('whether decisions depend on what came after them (statistics.md#90)');

const comparedCounterfactual = z
  .object({
    id: z.string(),
    total_return_pct: z.number(),
    sentence: z.string(),
    comparison: z
      .object({
        days: z.int(),
        active_days: z.int().describe('on which they differ'),
        withheld: z.string().nullable().describe('why there is no difference to tell'),
        p: z.number().nullable(),
        adjusted_p: z.number().nullable().describe("by Holm's method"),
        share_ahead: z.number().nullable().describe('of resampled pasts in which the original is ahead'),
        sentence: z.string(),
      })
      .describe('of the original with it (statistics.md#20)'),
  })
  .nullable()
  .describe('null before it is done');

const counterfactuals = z
  .object({
    done: z.int(),
    total: z.int(),
    failed: z.int(),
    no_stops: comparedCounterfactual,
    sign_of_median: comparedCounterfactual,
    random_entries: z
      .object({ total_return_pct: z.array(z.number()), ahead: z.int(), of: z.int(), sentence: z.string() })
      .nullable()
      .describe('null before all of them are done'),
  })
  .describe('what the same range gives otherwise (statistics.md#74)');

export const replay = z
  .object({
    id: z.string(),
    kind: z.literal('replay'),
    model_id: z.string(),
    model_package_id: z.string(),
    package_version: z.string(),
    symbol: z.string(),
    ...accountPipeline.shape,
    market_source: z.enum(['live', 'recorded']),
    label: z.string().nullable(),
    from: time,
    to: time,
    initial_balance: z.number(),
    settings: accountSettings.extend(accountLimits.shape),
    decided_candles: z.int().nullable().describe('null if every candle is decided on'),
    state: z.enum(['QUEUED', 'RUNNING', 'DONE', 'CANCELLED', 'FAILED']),
    progress: z.object({
      phase: z.enum(['LOADING', 'DECIDING', 'CHECKING', 'EVALUATING']).nullable(),
      done: z.int().describe('decision candles'),
      total: z.int(),
      pct: z.number(),
    }),
    counterfactual: z
      .object({
        of: z.string().describe('id of the original'),
        kind: z.enum(['no_stops', 'sign_of_median', 'random_entries']),
        k: z.int().nullable().describe('number of the random account, from 0'),
      })
      .nullable()
      .describe('what it does otherwise than another replay; null for ordinary replays'),
    counterfactuals: counterfactuals
      .nullable()
      .describe('only in the answer of one replay; null before they are requested'),
    error: z.object({ code: z.string(), detail: z.string() }).nullable(),
    quarters_incomplete: z
      .int()
      .describe('decision candles without all of their intrabar candles, in which nothing can open'),
    quarters_incomplete_pct: z.number().nullable(),
    forecasts: z.object({ computed: z.int(), known: z.int().describe('stored before the replay') }),
    created_at: time,
    started_at: time.nullable(),
    finished_at: time.nullable(),
    result: z
      .object({
        status: accountStatus,
        wallet_usdt: z.number(),
        performance: performance.extend(performanceTables.shape).meta({ id: 'ReplayPerformance' }),
        reasons: z
          .record(z.string(), z.int())
          .describe('number of decision candles by reason, or by action if a lot was opened'),
        forecast_quality: forecastQuality.nullable(),
        look_ahead: lookAhead.nullable().describe('null for counterfactuals'),
      })
      .nullable()
      .describe('null until the replay is DONE'),
  })
  .meta({ id: 'Replay' });

export const replayPage = pageOf(replay);
export const replayList = z.object({ items: z.array(replay) });

export type ReplayAnswer = z.infer<typeof replay>;
export type ReplayPageAnswer = z.infer<typeof replayPage>;
export type LookAheadAnswer = z.infer<typeof lookAhead>;
export type CounterfactualsAnswer = z.infer<typeof counterfactuals>;
