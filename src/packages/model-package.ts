import { relative, resolve } from 'node:path';
import { PROJECT_ROOT } from '../project-root.ts';
import type { PackageManifest } from './manifest.ts';
import type { PackageFile } from './package-files.ts';
import type { PackageRow, PackageStatus, WarmUpStatus } from './package-repository.ts';

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
  /** Changes whenever the content of any file does. */
  readonly version: string;
}

/** Reads a row of `model_packages`. */
export function packageOfRow(row: PackageRow): ModelPackage {
  const files = JSON.parse(row.files) as PackageFile[];
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
    version: files.map((file) => file.sha256).join('.'),
  };
}

/** A path as the table keeps it: relative to the project's folder, with forward slashes. */
export function relativePath(path: string): string {
  return relative(PROJECT_ROOT, path).replaceAll('\\', '/');
}
