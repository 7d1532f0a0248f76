import { z } from 'zod';
import type { ModelPackage } from '../../packages/model-package.ts';
import { relativePath } from '../../packages/model-package.ts';
import { accountIdOf } from '../../packages/package-id.ts';
import { isoTime } from '../shared/time-schema.ts';

export const packageParams = z.object({ id: z.string().min(1).max(64) });

export const modelPackage = z
  .object({
    id: z.string(),
    name: z.string(),
    status: z.enum(['UPLOADED', 'READY', 'ARCHIVED']),
    created_at: z.iso.datetime(),
    forecast_rel_path: z.string(),
    ppo_rel_path: z.string(),
    warmup_required: z.boolean(),
    warmup_status: z.enum(['PENDING', 'RUNNING', 'DONE', 'ERROR']),
    warmup_completed_at: z.iso.datetime().nullable(),
    warmup_error: z.string().nullable(),
    paper_account_id: z.string(),
    notes: z.string().nullable(),
    manifest: z.record(z.string(), z.unknown()),
    weights: z
      .object({
        wanted: z.enum(['default', 'float32', 'int8']),
        used: z.enum(['float32', 'int8']),
        trial: z
          .object({
            reason: z.string().nullable(),
            windows: z.int(),
            error: z.number().nullable(),
            largest_error: z.number().nullable(),
            float32_ms: z.number().nullable(),
            int8_ms: z.number().nullable(),
          })
          .nullable(),
      })
      .describe(
        'What forecasts are computed with, and how 8-bit weights fared where they were wanted: errors are shares of ' +
          'the mean width of the forecast band, the mean one of the worst window and that of the worst number.',
      ),
    files: z.array(z.object({ name: z.string(), size: z.int(), sha256: z.string() })),
  })
  .meta({ id: 'ModelPackage', description: 'A forecaster and a policy that belong together' });

export type ModelPackageAnswer = z.infer<typeof modelPackage>;

/** A package as it is answered. */
export function modelPackageAnswer(model: ModelPackage): ModelPackageAnswer {
  return {
    id: model.id,
    name: model.name,
    status: model.status,
    created_at: isoTime(model.createdAt),
    forecast_rel_path: relativePath(model.forecastPath),
    ppo_rel_path: relativePath(model.policyPath),
    warmup_required: model.warmUpRequired,
    warmup_status: model.warmUpStatus,
    warmup_completed_at: model.warmUpCompletedAt === undefined ? null : isoTime(model.warmUpCompletedAt),
    warmup_error: model.warmUpError ?? null,
    paper_account_id: accountIdOf(model.id),
    notes: model.notes ?? null,
    manifest: model.manifest,
    weights: weightsAnswer(model),
    files: [...model.files],
  };
}

function weightsAnswer({ weightChoice, weights, int8Trial }: ModelPackage): ModelPackageAnswer['weights'] {
  return {
    wanted: weightChoice,
    used: weights,
    trial:
      int8Trial === undefined
        ? null
        : {
            reason: int8Trial.reason,
            windows: int8Trial.windows,
            error: int8Trial.error,
            largest_error: int8Trial.largestError,
            float32_ms: int8Trial.float32Ms,
            int8_ms: int8Trial.int8Ms,
          },
  };
}

export const packageChange = z.strictObject({
  weights: z
    .enum(['default', 'float32', 'int8'])
    .describe(
      '`int8` is tried first and used if its forecasts are close enough; `default` is MODEL_WEIGHTS.',
    ),
});
