import { z } from 'zod';
import { dimFactor, time, training } from '../fields.ts';

export const payloadAnswer = z.object({
  ok: z.literal(true),
  message: z.literal('ok'),
  payload: z.object({
    model_json: z.string().describe("XGBoost's own JSON"),
    metadata: z.object({
      model_name: z.string(),
      symbol: z.string(),
      return_name: z.string().nullable(),
      feature_dim: z.int(),
      ...training,
      model_json_path: z.string(),
      source_root_path: z.string(),
      scanned_at: time.nullable(),
    }),
    dim_factors: z.array(dimFactor),
  }),
});

/** Everything in a payload but the model itself, which may be large. */
export type PayloadDescription = Omit<z.infer<typeof payloadAnswer>['payload'], 'model_json'>;
