import { z } from 'zod';
import { listOf } from '../../../runtime/list-of.ts';
import { modelUse, time } from '../fields.ts';

const MAX_ROWS = 10_000;
/** Of a row; a body with more is too large. */
const MAX_VALUES = 4_000_000;

const value = z.number().nullable().describe('null is missing');

/** factor-models.md#18 */
export const predictBody = z.object({
  rows: listOf(z.union([listOf(value, MAX_VALUES), z.record(z.string(), value)]), MAX_ROWS)
    .refine((rows) => rows.length > 0, { error: 'must have a row' })
    .describe('values by dim, or by the name of the factor; factors that are not named are missing'),
  iteration_range: z
    .tuple([z.int().min(0), z.int().min(0)])
    .optional()
    .describe(
      'the boosting iterations to use, from the first to before the second; without it, or with [0, 0], those that the `predict` of what was saved uses',
    ),
  output_margin: z.boolean().default(false).describe("without the objective's transform"),
});

export const predictAnswer = z.object({
  model_name: z.string(),
  symbol: z.string(),
  group_key: z.string(),
  objective: z.string(),
  feature_dim: z.int(),
  ...modelUse,
  scanned_at: time.nullable(),
  predictions: z
    .array(z.union([z.number(), z.array(z.number().nullable()), z.null()]))
    .describe('one number per row, or a list for a model with several outputs; null is not finite'),
});

export type PredictRow = z.infer<typeof predictBody>['rows'][number];
export type PredictAnswer = z.infer<typeof predictAnswer>;
