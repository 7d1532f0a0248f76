import { z } from 'zod';
import { DIFF_SECTIONS } from '../../packages/package-diff.ts';
import { pairs } from '../comparison/schema.ts';
import { performanceWithForecasts } from '../performance/schema.ts';
import { packageId } from './schema.ts';

export const diffParams = z.object({ a: packageId, b: packageId });

const results = z
  .object({ model_id: z.string(), performance: performanceWithForecasts })
  .nullable()
  .describe('of its account; null before its first poll');

export const packageDiff = z
  .object({
    a: z.string(),
    b: z.string(),
    differences: z.int().describe('rows that are not equal'),
    rows: z
      .array(
        z.object({
          section: z.enum(DIFF_SECTIONS),
          path: z.string().describe('a field of the manifest, a feature of the scaler, or a file'),
          a: z.unknown().describe('null where the package does not have it; a file is its SHA-256'),
          b: z.unknown(),
          equal: z.boolean(),
        }),
      )
      .describe('all of them, equal or not'),
    results: z.object({
      a: results,
      b: results,
      pair: pairs.shape.pairs.element
        .nullable()
        .describe('whether their accounts differ by more than chance; null without two accounts'),
    }),
  })
  .meta({ id: 'PackageDiff' });

export type PackageDiffAnswer = z.infer<typeof packageDiff>;
