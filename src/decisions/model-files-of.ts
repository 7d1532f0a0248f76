import type { ModelFiles, WeightForm } from '../models/engine.ts';
import { type ModelPackage, versionOf } from '../packages/model-package.ts';

/** What the inference engine has to know of a package; `weights` as they are in use, if not said otherwise. */
export function modelFilesOf(model: ModelPackage, weights: WeightForm = model.weights): ModelFiles {
  return {
    id: model.id,
    version: versionOf(model.files, weights),
    weights,
    forecastPath: model.forecastPath,
    policyPath: model.policyPath,
    heads: model.manifest.n_heads,
  };
}
