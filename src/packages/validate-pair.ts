import { PaperdeskError } from '../errors.ts';
import { type ByteReader, withFileReaders } from '../formats/byte-reader.ts';
import type { StandardScaler } from '../formats/model-files.ts';
import { readPolicy } from '../formats/sb3/read-policy.ts';
import { readScaler } from '../formats/sklearn/read-scaler.ts';
import { checkWeightsFinite } from '../formats/torch/check-weights.ts';
import { readForecaster } from '../formats/torch/read-forecaster.ts';
import { CORE_FEATURES } from '../pipeline/core-features.ts';
import { completeManifest, type PackageManifest } from '../pipeline/manifest.ts';
import { readManifest } from '../pipeline/uploaded-manifest.ts';
import type { PackageFileName } from './model-package.ts';

/** The files of a pair of models. */
export interface PairFiles {
  readonly forecast: ByteReader;
  readonly policy: ByteReader;
  readonly scaler: ByteReader | undefined;
  readonly manifest: ByteReader | undefined;
}

/**
 * Validates the files of a package by their paths; forecaster and policy are required.
 * @throws the refusals of `validatePair`, and what opening a file throws
 */
export function validatePairFiles(paths: ReadonlyMap<PackageFileName, string>): Promise<PackageManifest> {
  return withFileReaders(paths, (readers) =>
    validatePair({
      forecast: readers.get('forecast_model.pt')!,
      policy: readers.get('ppo_policy.zip')!,
      scaler: readers.get('scaler.pkl') ?? readers.get('scaler.json'),
      manifest: readers.get('manifest.json'),
    }),
  );
}

/**
 * Checks that the files can be read, belong together and fit what the service computes (packages.md#15). Executes
 * nothing and stores nothing.
 * @returns the manifest, completed from the files
 * @throws the refusals listed in docs/writing-a-package.md, each with its own code
 */
export async function validatePair(files: PairFiles): Promise<PackageManifest> {
  const uploaded = files.manifest === undefined ? {} : await readManifest(files.manifest);
  const forecaster = await readForecaster(files.forecast, uploaded.n_heads);
  const policy = await readPolicy(files.policy);
  const scaler = files.scaler === undefined ? undefined : await readScaler(files.scaler);
  if (scaler !== undefined) checkFeatureOrder(scaler);
  const manifest = completeManifest(uploaded, forecaster.architecture, policy, scaler !== undefined);
  // Last, because it is the only check that reads every byte.
  await checkWeightsFinite(files.forecast, forecaster.weights);
  return manifest;
}

/** @throws SCALER_FEATURES when a scaler names its features and they are not the 28 core features in order */
function checkFeatureOrder({ featureOrder }: StandardScaler): void {
  if (featureOrder === undefined) return;
  const index = CORE_FEATURES.findIndex((name, position) => featureOrder[position] !== name);
  if (index === -1) return;
  throw new PaperdeskError(
    'SCALER_FEATURES',
    `The scaler's feature ${index + 1} is ${JSON.stringify(featureOrder[index])} where ${CORE_FEATURES[index]} is ` +
      'needed; fit it on the 28 core features in their order.',
  );
}
