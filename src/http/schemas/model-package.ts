import { z } from 'zod';
import type { ModelPackage } from '../../packages/model-package.ts';
import { relativePath } from '../../packages/model-package.ts';
import { accountIdOf } from '../../packages/package-id.ts';
import { isoTime } from './time.ts';

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
    files: z.array(z.object({ name: z.string(), size: z.int(), sha256: z.string() })),
  })
  .meta({ id: 'ModelPackage', description: 'A forecaster and a policy that belong together' });

/** A package as it is answered. */
export function modelPackageAnswer(model: ModelPackage): z.infer<typeof modelPackage> {
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
    files: [...model.files],
  };
}
