import { z } from 'zod';
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

export type ComparisonAnswer = z.infer<typeof comparison>;
