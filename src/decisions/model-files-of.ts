import type { ModelFiles } from '../inference/engine.ts';
import type { ModelPackage } from '../packages/model-package.ts';

/** What the inference engine has to know of a package. */
export function modelFilesOf(model: ModelPackage): ModelFiles {
  return {
    id: model.id,
    version: model.version,
    forecastPath: model.forecastPath,
    policyPath: model.policyPath,
    heads: model.manifest.n_heads,
  };
}
