import type { SavedModel } from '../formats/xgboost/booster-pickle.ts';
import { readXgboostModel } from '../formats/xgboost/xgboost-model.ts';
import type { ModelFacts } from './factor-group.ts';

/**
 * Facts about a model and how it predicts (factor-models.md#36).
 * @param what how sentences about the file begin
 * @throws NOT_XGBOOST
 */
export function modelFacts({ document, savedBy }: SavedModel, what: string): ModelFacts {
  const model = readXgboostModel(document, what, savedBy.parallelTrees);
  const iterations = model.iterationStarts.length - 1;
  const iterationsUsed = Math.min(savedBy.iterationsUsed ?? iterations, iterations);
  return {
    featureDim: model.features,
    objective: model.objective,
    trees: model.trees.length,
    parallelTrees: model.parallelTrees,
    version: model.version,
    booster: model.booster,
    iterations,
    iterationsUsed,
    treesUsed: model.iterationStarts[iterationsUsed]!,
    bestIteration: savedBy.bestIteration,
    savedBy: savedBy.name,
    missing: savedBy.missing,
    classProbabilities: /Classifier$/.test(savedBy.name),
    featureNames: model.featureNames,
  };
}
