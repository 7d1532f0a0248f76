import { type ModelPackage, relativePath } from '../../packages/model-package.ts';
import { accountIdOf } from '../../packages/package-id.ts';
import { isoTime } from '../shared/times.ts';
import type { ModelPackageAnswer } from './schema.ts';

export function answerOfPackage(model: ModelPackage): ModelPackageAnswer {
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
    weights: answerOfWeights(model),
    files: [...model.files],
  };
}

function answerOfWeights({ weightChoice, weights, int8Trial }: ModelPackage): ModelPackageAnswer['weights'] {
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
