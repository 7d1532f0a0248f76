import { z } from 'zod';
import { PIPELINE_DEFAULTS } from '../../dimensions.ts';
import { symbol as anySymbol, requestTime, time, timeframe } from '../shared/fields.ts';

const symbol = anySymbol.describe('for example BTCUSDT');

export const candleAnswer = z
  .object({
    open_time: time,
    close_time: time,
    open: z.number(),
    high: z.number(),
    low: z.number(),
    close: z.number(),
    volume: z.number(),
  })
  .meta({ id: 'Candle' });

export const candlesQuery = z.object({
  symbol,
  interval: timeframe.default(PIPELINE_DEFAULTS.decisionTimeframe),
  limit: z.coerce.number().int().min(1).max(1500).default(500).describe('number of candles'),
  before: requestTime.optional().describe('only candles that open before this time'),
  from: requestTime.optional().describe('only candles that open at this time or later'),
  to: requestTime.optional().describe('only candles that open at this time or earlier'),
  base: timeframe
    .optional()
    .describe('makes the candles of stored candles of this timeframe; the last one may be incomplete'),
});

/** The older route has a default symbol. */
export const olderCandlesQuery = candlesQuery.extend({ symbol: symbol.prefault('BTCUSDT') });

export const candlesAnswer = z
  .object({
    symbol: z.string(),
    interval: timeframe,
    market_source: z.string(),
    candles: z
      .array(
        candleAnswer.extend({
          filled: z
            .boolean()
            .describe('replaces a candle that the exchange does not have, or is made of one that does'),
          complete: z.boolean().describe('false while candles of `base` are missing in it'),
        }),
      )
      .describe('closed candles, oldest first; fewer than requested if the symbol is younger'),
  })
  .meta({ id: 'Candles' });

export const priceQuery = z.object({ symbol: symbol.prefault('BTCUSDT') });

export const priceAnswer = z
  .object({ symbol: z.string(), price: z.number(), timestamp: time, market_source: z.string() })
  .meta({ id: 'LivePrice' });

const exchangeState = z.object({
  id: z.string(),
  circuit: z.object({
    state: z.enum(['closed', 'half-open', 'open']).describe('open: no requests are sent'),
    detail: z.string(),
    retry_at: time.nullable(),
  }),
  clock: z.object({
    skew_ms: z.number().nullable().describe("the exchange's clock minus ours"),
    bad: z.boolean(),
    detail: z.string(),
  }),
  weight: z
    .object({ used: z.number(), per_minute: z.number(), at: time })
    .nullable()
    .describe('request weight of the minute of the last response'),
  last_error: z.object({ at: time, message: z.string() }).nullable(),
  last_success_at: time.nullable(),
});

const gap = z.object({
  timeframe,
  from: time,
  to: time.describe('open time of the first candle after it'),
  candles: z.int(),
  found_at: time,
  asked_at: time.describe('last request for these candles'),
  asks: z.int(),
});

const mismatch = z.object({
  timeframe: timeframe.describe('of the decision candle'),
  open_time: time.describe('of the decision candle'),
  problem: z.string(),
  found_at: time,
  asked_at: time.describe('last request for these candles'),
  asks: z.int(),
});

const symbolState = z.object({
  symbol: z.string(),
  newest_candle_closed_at: time
    .nullable()
    .describe('of the decision candles in use that are the most overdue'),
  age_seconds: z.number().nullable(),
  stale: z
    .boolean()
    .describe('the next decision candle has been due for more than 15 minutes: no new position'),
  filled: z
    .int()
    .describe('filled candles among those that a forecast depends on; more than 8: no new position'),
  missing_candles: z.int().describe('in all gaps'),
  gap_count: z.int(),
  gaps: z.array(gap).describe('the newest 50, newest first'),
  mismatch_count: z.int().describe('decision candles that contradict their intrabar candles'),
  mismatches: z.array(mismatch).describe('the newest 50, newest first'),
  last_error: z.string().nullable(),
  live: z
    .object({
      newest_candle_closed_at: time
        .nullable()
        .describe('of the intrabar candles in use that are the furthest behind'),
      streamed: z.int().describe('intrabar candles received over the stream since the start'),
      requested: z.int().describe('intrabar candles received by request since the start'),
      last_error: z.string().nullable(),
      stream: z.object({
        state: z.enum(['connecting', 'live', 'reconnecting', 'closed']),
        interruptions: z.int(),
        silent_for_seconds: z.number().nullable(),
        last_error: z.string().nullable(),
      }),
    })
    .nullable()
    .describe('null if the symbol is not followed'),
});

export const marketStatusAnswer = z
  .object({
    market_source: z.string(),
    exchange: exchangeState,
    symbols: z.array(symbolState),
    consumers: z.array(
      z.object({
        name: z.string(),
        symbol: z.string(),
        executed_to: time
          .nullable()
          .describe('all accounts with lots have executed all intrabar candles before this'),
        lag_seconds: z
          .number()
          .nullable()
          .describe('since the close of the first candle that is not executed'),
        last_error: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'MarketStatus' });

export type CandlesAnswer = z.infer<typeof candlesAnswer>;
export type PriceAnswer = z.infer<typeof priceAnswer>;
export type MarketStatusAnswer = z.infer<typeof marketStatusAnswer>;
