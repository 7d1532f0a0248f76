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
  /** The first tree of each boosting iteration, and the number of trees behind the last. */
  readonly iterationStarts: readonly number[];
  /** gblinear's weights, [features + 1, outputs] row by row; the last row is the bias. */
  readonly linearWeights: Float32Array | undefined;
  readonly featureNames: readonly string[];
}

const BOOSTERS = ['gbtree', 'dart', 'gblinear'] as const;
const MAX_OUTPUTS = 10_000;

/**
 * Reads and checks a model document: lists have their declared lengths, every node is reachable in one way only.
 * @param what how sentences about the file begin
 * @param parallelTrees trees of an iteration and output, for a document that does not say it (XGBoost 1.3)
 * @throws NOT_XGBOOST
 */
export function readXgboostModel(document: XgboostDocument, what: string, parallelTrees = 1): XgboostModel {
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
    const noTrees = { trees: [], treeOutputs: [], treeWeights: undefined, parallelTrees: 1 };
    return { ...common, ...noTrees, iterationStarts: [0], linearWeights };
  }
  const forest = readForest(gradientBooster, { isDart: booster === 'dart', features, outputs }, fail);
  const parallel = forest.parallelTrees ?? Math.max(1, parallelTrees);
  const starts =
    forest.iterationStarts ?? evenStarts(forest.trees, forest.vectorLeaves ? 1 : outputs, parallel);
  return { ...common, ...forest, parallelTrees: parallel, iterationStarts: starts, linearWeights: undefined };
}

interface ForestShape {
  readonly isDart: boolean;
  readonly features: number;
  readonly outputs: number;
}

function readForest(booster: unknown, { isDart, features, outputs }: ForestShape, fail: Fail) {
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
  const parallel = pathOf(model, 'gbtree_model_param', 'num_parallel_tree');
  const read = trees.map((tree, index) =>
    readTree(tree, features, (reason) => fail(`tree ${index} ${reason}`)),
  );
  return {
    trees: read,
    vectorLeaves: read.some(({ vectorLeaves }) => vectorLeaves),
    treeOutputs: [...treeInfo],
    treeWeights:
      weights === undefined || weights.length === 0
        ? undefined
        : Float32Array.from(trees, (_, index) => weights[index] ?? 1),
    parallelTrees:
      parallel === undefined ? undefined : Math.max(1, whole(parallel, 'num_parallel_tree', fail)),
    iterationStarts: readStarts(memberOf(model, 'iteration_indptr'), trees.length, fail),
  };
}

/** Where XGBoost 2.0 and later write that iterations begin; undefined in older models. */
function readStarts(value: unknown, trees: number, fail: Fail): number[] | undefined {
  if (value === undefined) return undefined;
  const starts = [...(numbersOf(value) ?? [])];
  const isAscending = starts.every((start, i) => Number.isInteger(start) && start >= (starts[i - 1] ?? 0));
  if (starts[0] !== 0 || !isAscending || starts.at(-1) !== trees) {
    throw fail(`its iteration_indptr does not divide ${trees} trees into iterations`);
  }
  return starts;
}

/** An iteration has as many trees as any other; trees that do not make a whole one belong to the last. */
function evenStarts(trees: readonly unknown[], outputs: number, parallelTrees: number): number[] {
  const iterations = Math.floor(trees.length / (outputs * parallelTrees));
  const starts = Array.from({ length: iterations + 1 }, (_, i) => i * outputs * parallelTrees);
  if (iterations > 0) starts[iterations] = trees.length;
  return starts;
}

function readLinear(gradientBooster: unknown, features: number, outputs: number, fail: Fail): Float32Array {
  const weights = numbersOf(pathOf(gradientBooster, 'model', 'weights'));
  if (weights?.length !== (features + 1) * outputs) {
    throw fail(`it has ${weights?.length ?? 'no'} weights for ${features} features and ${outputs} outputs`);
  }
  return Float32Array.from(weights);
}

/** `"5E-1"`, or since XGBoost 3.1 a list: `"[5E-1,4E-1]"`, in a string or not. */
function readBaseScore(value: unknown, outputs: number, fail: Fail): number[] {
  const text = numbersOf(value)?.join(',') ?? parameterOf(value) ?? '0.5';
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
