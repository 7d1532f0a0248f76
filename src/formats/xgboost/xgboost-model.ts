import { PaperdeskError } from '../../errors.ts';
import { isStrings } from '../json.ts';
import { memberOf, numbersOf, parameterOf, pathOf, type XgboostDocument } from './model-document.ts';
import { type Fail, readTree, type XgboostTree } from './xgboost-tree.ts';

/** A checked model; numbers are float32 in float64. */
export interface XgboostModel {
  readonly booster: 'gbtree' | 'dart' | 'gblinear';
  readonly objective: string;
  readonly version: readonly number[];
  readonly features: number;
  /** Numbers per row before the objective's transform: classes or targets. */
  readonly outputs: number;
  /** As stored, before the objective converts it to a margin: one, or one per output. */
  readonly baseScore: readonly number[];
  readonly trees: readonly XgboostTree[];
  /** The output that each tree adds to. */
  readonly treeOutputs: readonly number[];
  /** Weights of the trees of a dart booster. */
  readonly treeWeights: Float32Array | undefined;
  readonly parallelTrees: number;
  /** gblinear's weights, [features + 1, outputs] row by row; the last row is the bias. */
  readonly linearWeights: Float32Array | undefined;
  readonly featureNames: readonly string[];
}

const BOOSTERS = ['gbtree', 'dart', 'gblinear'] as const;
const MAX_OUTPUTS = 10_000;

/**
 * Reads and checks a model document: lists have their declared lengths, every node is reachable in one way only.
 * @param what how sentences about the file begin
 * @throws NOT_XGBOOST
 */
export function readXgboostModel(document: XgboostDocument, what: string): XgboostModel {
  const fail = (reason: string) =>
    new PaperdeskError('NOT_XGBOOST', `${what} is not an XGBoost model: ${reason}.`);
  const learner = memberOf(document, 'learner');
  const gradientBooster = memberOf(learner, 'gradient_booster');
  const name = memberOf(gradientBooster, 'name');
  const booster = BOOSTERS.find((known) => known === name);
  if (booster === undefined)
    throw fail(`its gradient_booster is ${JSON.stringify(name ?? null)?.slice(0, 100)}`);
  const parameters = memberOf(learner, 'learner_model_param');
  const objective = pathOf(learner, 'objective', 'name');
  if (typeof objective !== 'string') throw fail('it names no objective');

  const features = whole(memberOf(parameters, 'num_feature'), 'num_feature', fail);
  const outputs = Math.max(
    1,
    whole(memberOf(parameters, 'num_class') ?? '0', 'num_class', fail),
    whole(memberOf(parameters, 'num_target') ?? '1', 'num_target', fail),
  );
  if (outputs > MAX_OUTPUTS) throw fail(`it has ${outputs} outputs; at most ${MAX_OUTPUTS} are accepted`);

  const names = memberOf(learner, 'feature_names');
  const common = {
    booster,
    objective,
    version: [...(numbersOf(memberOf(document, 'version')) ?? [])],
    features,
    outputs,
    baseScore: readBaseScore(memberOf(parameters, 'base_score'), outputs, fail),
    featureNames: isStrings(names) ? names : [],
  };
  if (booster === 'gblinear') {
    const linearWeights = readLinear(gradientBooster, features, outputs, fail);
    return { ...common, trees: [], treeOutputs: [], treeWeights: undefined, parallelTrees: 1, linearWeights };
  }
  const forest = readForest(gradientBooster, booster === 'dart', features, outputs, fail);
  return { ...common, ...forest, linearWeights: undefined };
}

function readForest(booster: unknown, isDart: boolean, features: number, outputs: number, fail: Fail) {
  const model = pathOf(booster, ...(isDart ? ['gbtree', 'model'] : ['model']));
  const trees = memberOf(model, 'trees');
  if (!Array.isArray(trees)) throw fail('it has no trees');
  const treeInfo = numbersOf(memberOf(model, 'tree_info'));
  if (treeInfo?.length !== trees.length || !treeInfo.every((output) => output >= 0 && output < outputs)) {
    throw fail(`tree_info does not assign each of ${trees.length} trees to one of ${outputs} outputs`);
  }
  // Newer versions have dart's weights in the model.
  const weights = numbersOf(memberOf(booster, 'weight_drop') ?? memberOf(model, 'weight_drop'));
  if ((isDart && weights === undefined) || (weights?.length ?? 0) > trees.length) {
    throw fail(`weight_drop has ${weights?.length ?? 'no'} weights for ${trees.length} trees`);
  }
  const parallel = pathOf(model, 'gbtree_model_param', 'num_parallel_tree') ?? '1';
  return {
    trees: trees.map((tree, index) => readTree(tree, features, (reason) => fail(`tree ${index} ${reason}`))),
    treeOutputs: [...treeInfo],
    treeWeights:
      weights === undefined || weights.length === 0
        ? undefined
        : Float32Array.from(trees, (_, index) => weights[index] ?? 1),
    parallelTrees: whole(parallel, 'num_parallel_tree', fail),
  };
}

function readLinear(gradientBooster: unknown, features: number, outputs: number, fail: Fail): Float32Array {
  const weights = numbersOf(pathOf(gradientBooster, 'model', 'weights'));
  if (weights?.length !== (features + 1) * outputs) {
    throw fail(`it has ${weights?.length ?? 'no'} weights for ${features} features and ${outputs} outputs`);
  }
  return Float32Array.from(weights);
}

/** `"5E-1"`, or since XGBoost 3.1 a list in a string: `"[5E-1,4E-1]"`. */
function readBaseScore(value: unknown, outputs: number, fail: Fail): number[] {
  const text = parameterOf(value) ?? '0.5';
  const scores = text
    .replace(/^\[|\]$/g, '')
    .split(',')
    .map((part) => Math.fround(Number(part)));
  if (scores.some(Number.isNaN) || (scores.length !== 1 && scores.length !== outputs)) {
    throw fail(`its base_score is ${JSON.stringify(text.slice(0, 100))}`);
  }
  return scores;
}

function whole(value: unknown, name: string, fail: Fail): number {
  const number = Number(parameterOf(value) ?? Number.NaN);
  if (!Number.isSafeInteger(number) || number < 0) throw fail(`its ${name} is not a count`);
  return number;
}
