import type { WeightForm } from '../formats/model-files.ts';
import type { ModelFiles } from '../models/engine.ts';
import { type ModelPackage, versionOf } from '../packages/model-package.ts';

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
    heads: model.manifest.n_heads,
  };
}
