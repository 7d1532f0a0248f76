import { z } from 'zod';
import { nullableNumber, requestTime, time } from '../shared/fields.ts';

const sums = z
  .object({
    lots: z.int(),
    closed: z.int(),
    win_rate: nullableNumber.describe('percent of the closed lots; null below 10 of them'),
    price_usdt: nullableNumber.describe('what prices did, before slippage; null where it is known of no lot'),
    entry_slippage_usdt: nullableNumber,
    exit_slippage_usdt: nullableNumber,
    stop_gap_usdt: z.number().describe('what was lost beyond stops'),
    liquidation_usdt: z.number().describe('what the exchange kept at liquidations'),
    fees_usdt: z.number(),
    funding_usdt: z.number().describe('positive if more was received than paid'),
    unknown_usdt: z.number().describe('parts of lots whose price before slippage is not known, together'),
    unknown_lots: z.int().describe('lots that have such a part'),
    code: z.enum(['UNKNOWN']).nullable().describe('UNKNOWN: some parts are in `unknown_usdt`'),
    net_usdt: z.number().describe('the sum of all parts'),
  })
  .meta({ id: 'AttributionSums' });

const groups = (what: string) => z.record(z.string(), sums).describe(what);

const excursion = z
  .object({
    usdt: z.number(),
    margin_pct: z.number(),
    r: nullableNumber.describe('in distances of the first stop'),
  })
  .nullable();

const excursionGroup = z.object({
  lots: z.int(),
  mae: excursion.describe('median of the lowest results on the way'),
  mfe: excursion.describe('median of the highest'),
  code: z.enum(['FEW_TRADES']).nullable().describe('FEW_TRADES: fewer than 10 lots, and no medians'),
});

/** Where a result came from (statistics.md#61 to statistics.md#65). Costs and losses are negative. */
export const attribution = z
  .object({
    total: sums,
    by_reason: groups('by close reason; `OPEN` for open lots, at the newest price'),
    by_side: groups('`long`, `short`'),
    by_hour: groups('by UTC hour of opening, `00` to `23`'),
    by_weekday: groups('by UTC weekday of opening, `0` (Monday) to `6`'),
    by_confidence: groups('by the lowest confidence of the group; `none` without one'),
    excursions: z.object({
      all: excursionGroup,
      wins: excursionGroup,
      losses: excursionGroup,
      missing: z.int().describe('closed lots of which intrabar candles are missing'),
    }),
  })
  .meta({ id: 'PaperAttribution' });

const position = z.object({
  from: time.describe('when its first lot was opened'),
  to: time.nullable().describe('when its last lot was closed; null while any is open'),
  side: z.enum(['long', 'short']),
  lots: z.int(),
  open_lots: z.int(),
  margin_usdt: z.number().describe('sum of the margins of its lots'),
  net_usdt: z.number().describe('after fees and funding; open lots at the newest price'),
  fees_usdt: z.number(),
  funding_usdt: z.number(),
  slippage_usdt: nullableNumber.describe('of entries and exits; null where it is not known of a lot'),
});

/** Results by position: the stretches from flat to flat, in which the account was in the market (statistics.md#5). */
export const positionResults = z
  .object({
    slippage_per_lot_usdt: nullableNumber.describe(
      'of entry and exit together, on average; null without lots, and where it is not known of any',
    ),
    items: z.array(position).describe('in order of time'),
  })
  .meta({ id: 'PositionResults' });

/** Positions that overlap a range; all of them by default. */
export const positionResultsQuery = z.object({ from: requestTime.optional(), to: requestTime.optional() });

export type PositionResultsAnswer = z.infer<typeof positionResults>;
export type AttributionAnswer = z.infer<typeof attribution>;
export type AttributionSumsAnswer = z.infer<typeof sums>;
