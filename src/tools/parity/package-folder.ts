import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PaperdeskError } from '../../errors.ts';
import { withFileReader } from '../../formats/byte-reader.ts';
import type { StandardScaler } from '../../formats/model-files.ts';
import { readScaler } from '../../formats/sklearn/read-scaler.ts';
import { readForecaster } from '../../formats/torch/read-forecaster.ts';
import type { ModelFiles } from '../../models/engine.ts';
import { DEFAULT_PACKAGE_ID } from '../../packages/package-id.ts';
import { parseManifest } from '../../pipeline/uploaded-manifest.ts';
import { PROJECT_ROOT } from '../../runtime/project-root.ts';

const MODELS = join(PROJECT_ROOT, 'models');

/** A package read from a folder, without a registry. */
export interface FolderPackage {
  readonly model: ModelFiles;
  readonly scaler: StandardScaler;
  /** Whether some of the forecaster's weights have half precision. */
  readonly halfPrecision: boolean;
}

/**
 * Reads the package in the folder `name` of `packages`; the default package is in the project's `models/`.
 * @param heads attention heads, where the package has no manifest
 * @throws PACKAGE_NOT_FOUND, and the errors of reading its files
 */
export async function readPackageFolder(
  packages: string,
  name: string,
  heads: number | undefined,
): Promise<FolderPackage> {
  const isDefault = name === DEFAULT_PACKAGE_ID;
  const folder = isDefault ? MODELS : join(packages, name);
  const forecastPath = requireFile(name, join(folder, 'forecast_model.pt'));
  const policyPath = requireFile(name, join(folder, isDefault ? 'ppo_policy_final.zip' : 'ppo_policy.zip'));
  const scalerPath =
    ['scaler.json', 'scaler.pkl'].map((file) => join(folder, file)).find(existsSync) ??
    join(MODELS, 'scaler.json');
  const headsKnown = (await headsOfManifest(join(folder, 'manifest.json'))) ?? heads;
  const forecaster = await withFileReader(forecastPath, (reader) => readForecaster(reader, headsKnown));
  return {
    model: { id: name, version: folder, forecastPath, policyPath, heads: forecaster.architecture.heads },
    scaler: await withFileReader(scalerPath, readScaler),
    halfPrecision: [...forecaster.weights.values()].some(
      ({ dtype }) => dtype === 'float16' || dtype === 'bfloat16',
    ),
  };
}

function requireFile(name: string, path: string): string {
  if (existsSync(path)) return path;
  throw new PaperdeskError(
    'PACKAGE_NOT_FOUND',
    `The package ${name} has no ${path}; name the folder of packages with --packages.`,
  );
}

async function headsOfManifest(path: string): Promise<number | undefined> {
  return existsSync(path) ? parseManifest(await readFile(path, 'utf8')).n_heads : undefined;
}
