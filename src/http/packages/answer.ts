import { contentHashOf } from '../../packages/content-hash.ts';
import type { ModelPackage } from '../../packages/model-package.ts';
import { accountIdOf } from '../../packages/package-id.ts';
import { isoTime } from '../../runtime/iso-time.ts';
import { snakeKeys } from '../../runtime/key-case.ts';
import type { PackageDrift } from '../../statistics/package-drift.ts';
import { answerOfTrading } from '../shared/trading.ts';
import type { ModelPackageAnswer } from './schema.ts';

/** What is known about a package, without its row. */
export interface PackageFacts {
  readonly aliases: readonly string[];
  /** Whether its symbol trades; null while that is not known. */
  readonly symbolTrades: boolean | null;
  /** What is known about its features. */
  readonly drift: PackageDrift | undefined;
}

export function answerOfPackage(model: ModelPackage, facts: PackageFacts): ModelPackageAnswer {
  const { aliases, drift, symbolTrades } = facts;
  return {
    id: model.id,
    name: model.name,
    status: model.status,
    created_at: isoTime(model.createdAt),
    forecast_rel_path: model.forecast.location,
    ppo_rel_path: model.policy.location,
    warmup_required: model.warmUpRequired,
    warmup_status: model.warmUpStatus,
    warmup_completed_at: model.warmUpCompletedAt === undefined ? null : isoTime(model.warmUpCompletedAt),
    warmup_error: model.warmUpError ?? null,
    paper_account_id: accountIdOf(model.id),
    notes: model.notes ?? null,
    tags: [...model.tags],
    aliases: [...aliases],
    manifest: model.manifest,
    symbol_trades: symbolTrades,
    warnings: [...model.warnings],
    proof: model.proof ?? null,
    weights: {
      wanted: model.weightChoice,
      used: model.weights,
      trial: model.int8Trial === undefined ? null : snakeKeys(model.int8Trial),
    },
    version_of: model.versionOf ?? null,
    version: model.versionNumber,
    ...answerOfContent(model),
    files: [...model.files],
    auto_trade: model.autoTrade,
    auto_trading: answerOfTrading(model),
    drift: shortDriftOf(drift),
  };
}

function answerOfContent({ files, sameFilesAs }: ModelPackage) {
  const hash = contentHashOf(files);
  return { hash, short_hash: hash.slice(0, 8), same_files_as: sameFilesAs ?? null };
}

function shortDriftOf(drift: PackageDrift | undefined): ModelPackageAnswer['drift'] {
  const alerts = drift?.alerts ?? [];
  if (alerts.length === 0) return null;
  const state = alerts.some((alert) => alert.state === 'BROKEN') ? 'BROKEN' : 'DRIFT';
  return { state, features: alerts.flatMap(({ features }) => features) };
}
