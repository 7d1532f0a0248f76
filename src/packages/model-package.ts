import { basename, relative, resolve } from 'node:path';
import { PaperdeskError } from '../errors.ts';
import type { PackageManifest } from '../pipeline/manifest.ts';
import { PROJECT_ROOT } from '../runtime/project-root.ts';
import type { PackageFile } from './package-files.ts';
import type { PackageRow, PackageStatus, WarmUpStatus } from './package-repository.ts';
import type { CompactTrial, WantedWeights } from './weight-form.ts';

/** A package as the rest of the service sees it; paths are absolute, times ms since the epoch. */
export interface ModelPackage {
  readonly id: string;
  readonly name: string;
  readonly status: PackageStatus;
  readonly createdAt: number;
  readonly forecastPath: string;
  readonly policyPath: string;
  readonly scalerPath: string | undefined;
  readonly warmUpRequired: boolean;
  readonly warmUpStatus: WarmUpStatus;
  readonly warmUpCompletedAt: number | undefined;
  readonly warmUpError: string | undefined;
  readonly notes: string | undefined;
  readonly manifest: PackageManifest;
  readonly files: readonly PackageFile[];
  readonly forecastBytes: number;
  readonly weightsWanted: WantedWeights;
  /** How the compact form fared, where it was wanted. */
  readonly compactTrial: CompactTrial | undefined;
  /** What forecasts are computed with. */
  readonly weights: 'float32' | 'int8';
  /** Changes whenever the content of any file does, and with the form of the weights. */
  readonly version: string;
}

/** Reads a row of `model_packages`. */
export function packageOfRow(row: PackageRow): ModelPackage {
  const files = JSON.parse(row.files) as PackageFile[];
  const trial = row.compact_trial === null ? undefined : (JSON.parse(row.compact_trial) as CompactTrial);
  const weights = trial?.used === true ? 'int8' : 'float32';
  return {
    id: row.id,
    name: row.name,
    status: row.status,
    createdAt: row.created_at,
    forecastPath: resolve(PROJECT_ROOT, row.forecast_rel_path),
    policyPath: resolve(PROJECT_ROOT, row.ppo_rel_path),
    scalerPath: row.scaler_rel_path === null ? undefined : resolve(PROJECT_ROOT, row.scaler_rel_path),
    warmUpRequired: row.warmup_required === 1,
    warmUpStatus: row.warmup_status,
    warmUpCompletedAt: row.warmup_completed_at ?? undefined,
    warmUpError: row.warmup_error ?? undefined,
    notes: row.notes ?? undefined,
    manifest: JSON.parse(row.manifest) as PackageManifest,
    files,
    forecastBytes: files.find(({ name }) => name === basename(row.forecast_rel_path))?.size ?? 0,
    weightsWanted: row.weights_wanted,
    compactTrial: trial,
    weights,
    version: versionOf(files, weights),
  };
}

/** @throws PACKAGE_ARCHIVED */
export function requireNotArchived({ id, status }: Pick<ModelPackage, 'id' | 'status'>): void {
  if (status !== 'ARCHIVED') return;
  throw new PaperdeskError('PACKAGE_ARCHIVED', `${id} is archived and decides nothing; restore it first.`);
}

/** Names the content of a package's files and the form of its weights; a bare one is that of float32. */
export function versionOf(files: readonly PackageFile[], weights: 'float32' | 'int8'): string {
  const content = files.map((file) => file.sha256).join('.');
  return weights === 'float32' ? content : `${content}+${weights}`;
}

/** A path as the table keeps it: relative to the project's folder, with forward slashes. */
export function relativePath(path: string): string {
  return relative(PROJECT_ROOT, path).replaceAll('\\', '/');
}
