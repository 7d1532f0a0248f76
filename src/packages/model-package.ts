import { relative } from 'node:path';
import type { ModelPackageRow } from '../db/tables.ts';
import { PaperdeskError } from '../errors.ts';
import type { WeightForm } from '../formats/model-files.ts';
import type { PackageManifest } from '../pipeline/manifest.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { ProofResult } from '../pipeline/proof-result.ts';
import { PROJECT_ROOT } from '../runtime/project-root.ts';
import type { Int8Trial, WeightChoice } from './weight-choice.ts';

type PackageStatus = ModelPackageRow['status'];
type WarmUpStatus = ModelPackageRow['warmup_status'];

/** Files that an uploaded package may have. */
export type PackageFileName =
  | 'forecast_model.pt'
  | 'ppo_policy.zip'
  | 'scaler.pkl'
  | 'scaler.json'
  | 'vec_normalize.pkl'
  | 'proof.json'
  | 'manifest.json';

/** A stored file of a package; the shipped default package has other names. */
export interface PackageFile {
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
}

/** A forecaster and a policy that belong together. Paths are absolute, times are ms since the epoch. */
export interface ModelPackage {
  readonly id: string;
  readonly name: string;
  readonly status: PackageStatus;
  readonly createdAt: number;
  readonly forecastPath: string;
  readonly policyPath: string;
  readonly scalerPath: string | undefined;
  readonly vecNormalizePath: string | undefined;
  readonly warmUpRequired: boolean;
  readonly warmUpStatus: WarmUpStatus;
  readonly warmUpCompletedAt: number | undefined;
  readonly warmUpError: string | undefined;
  readonly notes: string | undefined;
  readonly manifest: PackageManifest;
  /** What the manifest declares, as the service computes with it. */
  readonly pipeline: Pipeline;
  /** What its owner should know, as sentences. */
  readonly warnings: readonly string[];
  /** How it agreed with the proof it brought. */
  readonly proof: ProofResult | undefined;
  readonly files: readonly PackageFile[];
  readonly forecastBytes: number;
  readonly weightChoice: WeightChoice;
  /** The last trial of 8-bit weights, where they were wanted. */
  readonly int8Trial: Int8Trial | undefined;
  /** The weights that forecasts are computed with. */
  readonly weights: WeightForm;
  /** Changes with the content of any file and with `weights` (forecast-and-policy.md#15). */
  readonly version: string;
}

/** The version of a package that computes with `weights`. */
export function versionOf(files: readonly PackageFile[], weights: WeightForm): string {
  const content = files.map((file) => file.sha256).join('.');
  return weights === 'float32' ? content : `${content}+${weights}`;
}

/** @throws PACKAGE_ARCHIVED */
export function requireNotArchived({ id, status }: Pick<ModelPackage, 'id' | 'status'>): void {
  if (status !== 'ARCHIVED') return;
  throw new PaperdeskError('PACKAGE_ARCHIVED', `${id} is archived and decides nothing; restore it first.`);
}

/** A path as the database has it: relative to the project's folder, with forward slashes. */
export function relativePath(path: string): string {
  return relative(PROJECT_ROOT, path).replaceAll('\\', '/');
}
