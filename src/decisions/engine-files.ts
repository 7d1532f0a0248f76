import type { ForecasterSettings, WeightForm } from '../formats/model-files.ts';
import type { ModelFiles } from '../models/engine.ts';
import { type ModelPackage, versionOf } from '../packages/model-package.ts';
import type { PackageManifest } from '../pipeline/manifest.ts';

/** What the shapes of a forecaster do not say. */
export function forecasterSettings({ n_heads, lookback_steps, stride }: PackageManifest): ForecasterSettings {
  return { heads: n_heads, lookback: lookback_steps, stride };
}

/**
 * The files of a package as the inference engine loads them.
 * @param weights float32 or 8-bit weights; those the package computes with by default
 */
export function engineFiles(model: ModelPackage, weights: WeightForm = model.weights): ModelFiles {
  return {
    id: model.id,
    version: versionOf(model.files, weights),
    weights,
    forecastPath: model.forecastPath,
    policyPath: model.policyPath,
    forecaster: forecasterSettings(model.manifest),
  };
}
