import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { forecasterSettings } from '../../decisions/package-engine.ts';
import type { PathModel } from '../../decisions/proof/model-path.ts';
import { PaperdeskError } from '../../errors.ts';
import { memoryReader, withFileReader, withFileReaders } from '../../formats/byte-reader.ts';
import { readVecNormalize } from '../../formats/sb3/read-vec-normalize.ts';
import { readScaler } from '../../formats/sklearn/read-scaler.ts';
import { DEFAULT_PACKAGE_ID } from '../../packages/package-id.ts';
import { validatePair } from '../../packages/validate-pair.ts';
import { pipelineOf } from '../../pipeline/pipeline.ts';
import { PROJECT_ROOT } from '../../runtime/project-root.ts';

const MODELS = join(PROJECT_ROOT, 'models');

/**
 * Reads the package in the folder `name` of `packages`; the default package is in the project's `models/`.
 * @param heads attention heads, where the package has no manifest
 * @throws PACKAGE_NOT_FOUND, and the errors of validating its files
 */
export async function readPackageFolder(
  packages: string,
  name: string,
  heads: number | undefined,
): Promise<PathModel> {
  const isDefault = name === DEFAULT_PACKAGE_ID;
  const folder = isDefault ? MODELS : join(packages, name);
  const file = (path: string) => join(folder, path);
  const forecastPath = requireFile(name, file('forecast_model.pt'));
  const policyPath = requireFile(name, file(isDefault ? 'ppo_policy_final.zip' : 'ppo_policy.zip'));
  const [scalerPath = join(MODELS, 'scaler.json')] = ['scaler.json', 'scaler.pkl']
    .map(file)
    .filter(existsSync);
  const optional = Object.entries({
    manifest: file('manifest.json'),
    vecNormalize: file('vec_normalize.pkl'),
  }).filter(([, path]) => existsSync(path));
  const paths = new Map([
    ...Object.entries({ forecast: forecastPath, policy: policyPath, scaler: scalerPath }),
    ...optional,
  ]);
  return withFileReaders(paths, async (readers) => {
    const declared =
      heads === undefined ? undefined : memoryReader(Buffer.from(JSON.stringify({ n_heads: heads })));
    const { manifest, halfPrecision } = await validatePair({
      forecast: readers.get('forecast')!,
      policy: readers.get('policy')!,
      scaler: readers.get('scaler'),
      manifest: readers.get('manifest') ?? declared,
      vecNormalize: readers.get('vecNormalize'),
    });
    const vecNormalize = readers.get('vecNormalize');
    return {
      files: {
        id: name,
        version: folder,
        forecastPath,
        policyPath,
        forecaster: forecasterSettings(manifest),
      },
      pipeline: pipelineOf(manifest),
      scaler: await withFileReader(scalerPath, readScaler),
      vecNormalize: vecNormalize === undefined ? undefined : await readVecNormalize(vecNormalize),
      halfPrecision,
    };
  });
}

function requireFile(name: string, path: string): string {
  if (existsSync(path)) return path;
  throw new PaperdeskError(
    'PACKAGE_NOT_FOUND',
    `The package ${name} has no ${path}; name the folder of packages with --packages.`,
  );
}
