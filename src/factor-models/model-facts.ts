import { PaperdeskError } from '../errors.ts';
import type { SavedModel } from '../formats/xgboost/booster-pickle.ts';
import { readXgboostModel } from '../formats/xgboost/xgboost-model.ts';
import type { ModelFacts } from './factor-group.ts';
import { MAX_FACTORS } from './text-artifacts.ts';

/** An output of a trained model has a tree or weights, which take some hundred bytes of JSON. */
const MIN_BYTES_PER_OUTPUT = 32;

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
    outputs: model.outputs,
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

/**
 * Checks what a model claims against its bytes: memory and time of a prediction grow with its claims
 * (factor-models.md#40).
 * @param bytes of the model as JSON
 * @throws NOT_XGBOOST
 */
export function requirePlausible({ outputs, featureDim }: ModelFacts, bytes: number, what: string): void {
  const fail = (reason: string) => {
    throw new PaperdeskError('NOT_XGBOOST', `${what} is not a trained XGBoost model: ${reason}.`);
  };
  const most = Math.max(1, Math.floor(bytes / MIN_BYTES_PER_OUTPUT));
  if (outputs > most)
    fail(`it claims ${outputs} classes or targets in ${bytes} bytes; at most ${most} are accepted`);
  if (featureDim > MAX_FACTORS)
    fail(`it claims ${featureDim} features; a group has at most ${MAX_FACTORS} factors`);
}
