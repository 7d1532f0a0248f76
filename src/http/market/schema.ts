import { z } from 'zod';
import { TIMEFRAME_MS, type Timeframe } from '../../candle.ts';
import { candleAnswer } from './candle-schema.ts';

const time = z.iso.datetime();
const timeframe = z.enum(Object.keys(TIMEFRAME_MS) as [Timeframe, ...Timeframe[]]);
const symbol = z.string().min(1).max(40).describe('for example BTCUSDT');

export const candlesQuery = z.object({
  symbol,
  interval: timeframe.default('15m'),
  limit: z.coerce.number().int().min(1).max(1500).default(500).describe('how many of the newest'),
  before: z.iso
    .datetime({ offset: true })
    .transform((text) => Date.parse(text))
    .optional()
    .describe('only those that open before this time'),
});

/** The older address could be asked without a symbol. */
export const olderCandlesQuery = candlesQuery.extend({ symbol: symbol.default('BTCUSDT') });

export const candlesAnswer = z
  .object({
    symbol: z.string(),
    interval: timeframe,
    market_source: z.string(),
    candles: z
      .array(
        candleAnswer.extend({
          filled: z.boolean().describe('stands in for a candle that the exchange does not have'),
        }),
      )
      .describe('closed ones, oldest first; fewer than asked for where the symbol is younger'),
  })
  .meta({ id: 'Candles' });

export const priceQuery = z.object({ symbol: symbol.default('BTCUSDT') });

export const priceAnswer = z
  .object({ symbol: z.string(), price: z.number(), timestamp: time, market_source: z.string() })
  .meta({ id: 'LivePrice' });

export const exchangeState = z.object({
  id: z.string(),
  circuit: z.object({
    state: z.enum(['closed', 'half-open', 'open']).describe('open: it is not being asked'),
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
    .describe('request weight of the minute of the last answer'),
  last_error: z.object({ at: time, message: z.string() }).nullable(),
  last_success_at: time.nullable(),
});

const gap = z.object({
  timeframe,
  from: time,
  to: time.describe('open time of the first candle after it'),
  candles: z.int(),
  found_at: time,
  asked_at: time.describe('when the exchange was last asked for them'),
  asks: z.int(),
});

const mismatch = z.object({
  open_time: time.describe('of the 15m candle'),
  problem: z.string(),
  found_at: time,
  asked_at: time.describe('when the exchange was last asked for these candles again'),
  asks: z.int(),
});

export const symbolState = z.object({
  symbol: z.string(),
  newest_candle_closed_at: time.nullable().describe('of the 15m candles'),
  age_seconds: z.number().nullable(),
  stale: z.boolean().describe('closed more than 30 minutes ago: no new position'),
  filled: z.int().describe('filled candles among the newest 1184; more than 8: no new position'),
  missing_candles: z.int().describe('in all gaps'),
  gap_count: z.int(),
  gaps: z.array(gap).describe('the newest 50, newest first'),
  mismatch_count: z.int().describe('15m candles that their 3m candles contradict'),
  mismatches: z.array(mismatch).describe('the newest 50, newest first'),
  last_error: z.string().nullable(),
  live: z
    .object({
      newest_candle_closed_at: time.nullable().describe('of the 3m candles'),
      streamed: z.int().describe('3m candles that came over the stream since the start'),
      requested: z.int().describe('those that had to be asked for'),
      last_error: z.string().nullable(),
      stream: z.object({
        state: z.enum(['connecting', 'live', 'reconnecting', 'closed']),
        interruptions: z.int(),
        silent_for_seconds: z.number().nullable(),
        last_error: z.string().nullable(),
      }),
    })
    .nullable()
    .describe('null for symbols that are not followed'),
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
          .describe('every account with lots has executed all 3m candles before this'),
        lag_seconds: z.number().nullable().describe('since the close of the first one that was not executed'),
        last_error: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'MarketStatus' });

export type CandlesAnswer = z.infer<typeof candlesAnswer>;
export type PriceAnswer = z.infer<typeof priceAnswer>;
export type MarketStatusAnswer = z.infer<typeof marketStatusAnswer>;
