import type { ModelPackageRow } from '../db/tables.ts';
import { PaperdeskError } from '../errors.ts';
import type { WeightForm } from '../formats/model-files.ts';
import type { PackageManifest } from '../pipeline/manifest.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { ProofResult } from '../pipeline/proof-result.ts';
import type { PackageFile, StoredFile } from './stored-file.ts';
import type { Int8Trial, WeightChoice } from './weight-choice.ts';

type PackageStatus = ModelPackageRow['status'];
type WarmUpStatus = ModelPackageRow['warmup_status'];

/** A forecaster and a policy that belong together. Times are ms since the epoch. */
export interface ModelPackage {
  readonly id: string;
  readonly name: string;
  readonly status: PackageStatus;
  readonly createdAt: number;
  readonly forecast: StoredFile;
  readonly policy: StoredFile;
  readonly scaler: StoredFile | undefined;
  readonly vecNormalize: StoredFile | undefined;
  readonly warmUpRequired: boolean;
  readonly warmUpStatus: WarmUpStatus;
  readonly warmUpCompletedAt: number | undefined;
  readonly warmUpError: string | undefined;
  readonly notes: string | undefined;
  readonly tags: readonly string[];
  readonly manifest: PackageManifest;
  /** What the manifest declares, as the service computes with it. */
  readonly pipeline: Pipeline;
  /** What its owner should know, as sentences. */
  readonly warnings: readonly string[];
  /** How it agreed with the proof it brought. */
  readonly proof: ProofResult | undefined;
  readonly files: readonly PackageFile[];
  /** The first of its versions; undefined for the first itself. */
  readonly versionOf: string | undefined;
  /** Its place among the versions, from 1. */
  readonly versionNumber: number;
  /** The id of the oldest package that has the same files. */
  readonly sameFilesAs: string | undefined;
  /** Whether the service itself trades it (packages.md#46). */
  readonly autoTrade: boolean;
  readonly trading: TradingState;
  readonly weightChoice: WeightChoice;
  /** The last trial of 8-bit weights, where they were wanted. */
  readonly int8Trial: Int8Trial | undefined;
  /** The weights that forecasts are computed with. */
  readonly weights: WeightForm;
  /** Changes with the content of any file and with `weights` (forecast-and-policy.md#15). */
  readonly version: string;
}

/** How trading a package by the service goes. Times are ms since the epoch. */
export interface TradingState {
  /** Close time of the newest candle that the service decided on, or found decided. */
  readonly asOf: number | undefined;
  /** Why nothing is decided now, as a sentence; undefined while all is well. */
  readonly problem: string | undefined;
  readonly problemSince: number | undefined;
}

/** The version of a package that computes with `weights`. */
export function versionOf(files: readonly PackageFile[], weights: WeightForm): string {
  const content = files.map((file) => file.sha256).join('.');
  return weights === 'float32' ? content : `${content}+${weights}`;
}

/**
 * How the error of a package begins whose forecasts take too long: it stays out of service, also after a restart, until
 * a person starts its warm-up again (packages.md#60).
 */
export const OUT_OF_SERVICE = 'Out of service: ';

export function isOutOfService({ warmUpStatus, warmUpError }: WarmUpFacts): boolean {
  return warmUpStatus === 'ERROR' && warmUpError?.startsWith(OUT_OF_SERVICE) === true;
}

type WarmUpFacts = Pick<ModelPackage, 'warmUpStatus' | 'warmUpError'>;

/** @throws FORECAST_TOO_SLOW for a package that is out of service */
export function requireInService(model: WarmUpFacts & Pick<ModelPackage, 'id'>): void {
  if (isOutOfService(model))
    throw new PaperdeskError('FORECAST_TOO_SLOW', `${model.id}: ${model.warmUpError}`);
}

/** @throws PACKAGE_ARCHIVED */
export function requireNotArchived({ id, status }: Pick<ModelPackage, 'id' | 'status'>): void {
  if (status !== 'ARCHIVED') return;
  throw new PaperdeskError('PACKAGE_ARCHIVED', `${id} is archived and decides nothing; restore it first.`);
}
