import { z } from 'zod';
import { driftState } from './schema.ts';

const window = z.object({
  z: z.number().describe('distance of the mean from the mean of training, in deviations of training'),
  ratio: z.number().describe('standard deviation, in deviations of training'),
  beyond3: z.number().describe('share of values more than 3 deviations from the mean of training'),
  constant: z.boolean().describe('whether all values are equal'),
});

const withheld = z.enum(['FEW_DAYS', 'NO_QUANTILES']);

/** statistics.md#89 */
export const packageDrift = z
  .object({
    package: z.string(),
    day: z.iso.date().nullable().describe('the last day that is watched; null before the first one'),
    alerts: z
      .array(
        z.object({
          kind: z.enum(['price units', 'others']),
          state: driftState,
          features: z.array(z.string()),
          sentences: z.array(z.string()),
        }),
      )
      .describe('what is on; one for each kind of features'),
    features: z
      .array(
        z.object({
          feature: z.string(),
          in_price_units: z.boolean(),
          state: driftState.nullable().describe('null while nothing is wrong'),
          days: z.int().describe('days since it left the range; 0 while it is inside'),
          sentence: z.string().nullable(),
          day: window,
          week: window.nullable().describe('of the last 7 days'),
          psi_7_days: z.number().nullable().describe('population stability index; shown, never alarming'),
          psi_28_days: z.number().nullable(),
          withheld: z
            .partialRecord(z.enum(['week', 'psi_7_days', 'psi_28_days']), withheld)
            .describe(
              'why figures are null: FEW_DAYS, there are not so many days without a missing one; NO_QUANTILES, the manifest ' +
                'has no `feature_quantiles` of the feature',
            ),
        }),
      )
      .describe('worst first'),
  })
  .meta({ id: 'PackageDrift', description: 'The features of a package against the range it was trained on' });

export type PackageDriftAnswer = z.infer<typeof packageDrift>;
