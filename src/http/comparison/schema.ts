import { z } from 'zod';
import { accountIdOf, packageIdOf } from '../../packages/package-id.ts';
import { performanceWithForecasts } from '../performance/schema.ts';
import { accountStatus, time } from '../shared/fields.ts';

export const comparisonQuery = z.object({
  kind: z
    .enum(['live', 'replay', 'all'])
    .default('live')
    .describe('live accounts, the newest 100 finished replays, or both; they are never ranked together'),
});

export const comparison = z
  .object({
    items: z.array(
      z.object({
        kind: z.enum(['live', 'replay']),
        replay: z
          .object({
            id: z.string(),
            label: z.string().nullable(),
            from: time,
            to: time,
            market_source: z.string(),
            created_at: time,
          })
          .nullable()
          .describe('null for live accounts'),
        model_id: z.string(),
        model_package_id: z.string().nullable(),
        symbol: z.string(),
        status: accountStatus,
        rank: z
          .int()
          .nullable()
          .describe('among live accounts, or among replays of the same symbol and range'),
        verdict: z
          .string()
          .describe('"rank 2", or why there is none: "too early", "ruined", "in sample: no evidence", alone'),
        performance: performanceWithForecasts,
      }),
    ),
  })
  .meta({ id: 'PaperComparison' });

/** Each with each: 21 pairs at most, each a bootstrap of some milliseconds. */
const MAX_COMPARED = 7;

/** @param idOf the one id of what a text means; `of` says what the ids are of */
function idsBy(idOf: (text: string) => string, of: string) {
  return z
    .string()
    .max(MAX_COMPARED * 121)
    .transform((text) => text.split(','))
    .pipe(z.array(z.string().min(1).max(120)))
    .transform((texts) => [...new Set(texts.map(idOf))])
    .pipe(z.array(z.string()).min(2).max(MAX_COMPARED))
    .describe(`2 to ${MAX_COMPARED} ids of ${of}, separated by commas`);
}

export const pairsQuery = z.union([
  z.strictObject({ models: idsBy((id) => accountIdOf(packageIdOf(id)), 'live accounts') }),
  z.strictObject({ replays: idsBy((id) => id, 'finished replays of one symbol and range') }),
]);

export const pairs = z
  .object({
    pairs: z.array(
      z.object({
        a: z.string(),
        b: z.string(),
        days: z.int().describe('whole UTC days that both have'),
        active_days: z.int().describe('days on which they differ'),
        withheld: z
          .enum(['IN_SAMPLE', 'RUINED', 'FEW_DAYS', 'EQUAL', 'FEW_ACTIVE_DAYS', 'NO_VARIATION'])
          .nullable()
          .describe('why there is no difference to tell'),
        difference: z
          .object({
            mean: z.number().describe('of ln equity a day, a minus b'),
            interval: z.tuple([z.number(), z.number()]).describe('90 % interval of the mean'),
            share_ahead: z
              .number()
              .describe('share of resampled pasts in which a is ahead; no probability that a is better'),
            p: z.number().describe('how often chance alone gives a difference as large'),
            adjusted_p: z.number().describe('adjusted by the method of Holm for all pairs of this answer'),
          })
          .nullable(),
        verdict: z
          .enum(['A_CLEAR', 'A_LEAN', 'NONE', 'B_LEAN', 'B_CLEAR'])
          .nullable()
          .describe('by adjusted_p: who earned more (up to 0.05), who seems ahead (up to 0.20), or none'),
        sentence: z.string().describe('what may be said about the two'),
        weeks_to_tell: z
          .int()
          .nullable()
          .describe('until more can be told at this pace (statistics.md#28); null: never, or not by waiting'),
      }),
    ),
  })
  .meta({ id: 'PairedComparisons' });

export type PairsAnswer = z.infer<typeof pairs>;
export type ComparisonAnswer = z.infer<typeof comparison>;
