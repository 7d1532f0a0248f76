import { PaperdeskError } from '../errors.ts';
import type { XgboostModel } from '../formats/xgboost/xgboost-model.ts';
import { levelsOf, type XgboostTree } from '../formats/xgboost/xgboost-tree.ts';

/** How an objective maps its stored base scores to margins, and margins to outputs; both in place, a row at a time. */
interface Link {
  readonly toMargins: (scores: Float32Array) => void;
  readonly transform: (margins: Float32Array) => void;
}

const same = () => {};
const each = (one: (value: number) => number) => (values: Float32Array) => {
  for (let i = 0; i < values.length; i++) values[i] = one(values[i]!);
};

const IDENTITY: Link = { toMargins: same, transform: same };
const LOGISTIC: Link = {
  toMargins: each((p) => -Math.log(1 / p - 1)),
  transform: each((x) => 1 / (1 + Math.exp(-x))),
};
const EXPONENTIAL: Link = { toMargins: each(Math.log), transform: each(Math.exp) };

/** XGBoost's kRtEps: expectiles of a row are at least this far apart. */
const EXPECTILE_GAP = 1e-6;

/** The margins after the first are what each expectile adds to the one before, through a softplus. */
const EXPECTILE: Link = {
  toMargins(scores) {
    for (let i = scores.length - 1; i > 0; i--) {
      const step = scores[i]! - scores[i - 1]! - EXPECTILE_GAP;
      scores[i] = step > 20 ? step : Math.log(Math.max(Math.expm1(step), FLOAT32_MIN));
    }
  },
  transform(margins) {
    for (let i = 1; i < margins.length; i++) {
      const x = margins[i]!;
      const softplus = Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
      margins[i] = margins[i - 1]! + EXPECTILE_GAP + softplus;
    }
  },
};
/** The smallest normal float32. */
const FLOAT32_MIN = 2 ** -126;

/** XGBoost's objectives, as in its src/objective (factor-models.md#17). */
const LINKS: ReadonlyMap<string, Link> = new Map([
  ...withLink(IDENTITY, ['squarederror', 'linear', 'squaredlogerror', 'pseudohubererror'], 'reg:'),
  ...withLink(IDENTITY, ['absoluteerror', 'quantileerror'], 'reg:'),
  ...withLink(IDENTITY, ['binary:logitraw', 'multi:softmax', 'rank:pairwise', 'rank:ndcg', 'rank:map']),
  ...withLink(LOGISTIC, ['reg:logistic', 'binary:logistic']),
  ...withLink({ toMargins: same, transform: each((x) => (x > 0 ? 1 : 0)) }, ['binary:hinge']),
  ...withLink({ toMargins: same, transform: softmax }, ['multi:softprob']),
  ...withLink(EXPECTILE, ['reg:expectileerror']),
  ...withLink(EXPONENTIAL, ['count:poisson', 'reg:gamma', 'reg:tweedie', 'survival:cox', 'survival:aft']),
]);

function withLink(link: Link, objectives: readonly string[], prefix = ''): [string, Link][] {
  return objectives.map((objective) => [prefix + objective, link]);
}

/** XGBoost sorts the quantiles of a row since this version. */
const QUANTILES_SORTED_SINCE = [3, 4] as const;

function softmax(margins: Float32Array): void {
  const highest = margins.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  let sum = 0;
  for (let i = 0; i < margins.length; i++) {
    margins[i] = Math.exp(Math.fround(margins[i]! - highest));
    sum += margins[i]!;
  }
  for (let i = 0; i < margins.length; i++) margins[i] = margins[i]! / Math.fround(sum);
}

/** The iterations from `begin` to before `end`. */
export interface IterationRange {
  readonly begin: number;
  readonly end: number;
}

export interface ScoreOptions {
  /** Skips the objective's transform. */
  readonly margins?: boolean;
  /** All iterations without it. */
  readonly iterations?: IterationRange;
  /** Answers the probability of each class where the objective's own output is the class. */
  readonly classProbabilities?: boolean;
}

export interface Scores {
  /** The outputs of each row. */
  readonly outputs: number[][];
  readonly treesUsed: number;
}

/** A node of a tree, or a product of a linear model, takes about 70 ns: these take some 7 s. */
const MAX_STEPS = 100_000_000;

/**
 * Scores rows, row-major [n, features] with NaN for missing values.
 * @throws FACTOR_PREDICTION_TOO_LARGE before it begins, if the rows could take more than `MAX_STEPS`
 */
export type Scorer = (rows: Float32Array, options?: ScoreOptions) => Scores;

/**
 * Adds trees up in float32 from the base score on, as XGBoost does; results agree to 1e-5 (factor-models.md#16).
 * @throws XGBOOST_UNSUPPORTED for an unknown objective, and for vector leaves
 */
export function createScorer(model: XgboostModel): Scorer {
  const link = linkOf(model);
  if (model.trees.some(({ vectorLeaves }) => vectorLeaves)) {
    throw unsupported('has leaves with several values (multi_output_tree)');
  }
  const { features, outputs, baseScore, iterationStarts } = model;
  const base = Float32Array.from({ length: outputs }, (_, output) => baseScore[output] ?? baseScore[0]!);
  link.toMargins(base);
  const all = { begin: 0, end: iterationStarts.length - 1 };
  const isSoftmax = model.objective === 'multi:softmax';
  const stepsOf = stepsPerRow(model);
  return (rows, { margins = false, iterations = all, classProbabilities = false } = {}) => {
    const [first, end] = [iterationStarts[iterations.begin]!, iterationStarts[iterations.end]!];
    requireFew(rows.length / features, stepsOf(first, end), end - first);
    const transform = isSoftmax && classProbabilities ? softmax : link.transform;
    const isClass = isSoftmax && !classProbabilities && !margins;
    const results: number[][] = [];
    for (let start = 0; start < rows.length; start += features) {
      const sums = base.slice();
      const row = rows.subarray(start, start + features);
      if (model.booster === 'gblinear') addLinear(model, row, sums);
      else addTrees(model, row, sums, first, end);
      if (!margins) transform(sums);
      results.push(isClass ? [sums.indexOf(sums.reduce((a, b) => Math.max(a, b)))] : [...sums]);
    }
    return { outputs: results, treesUsed: end - first };
  };
}

/** The most steps that a row takes through the trees from `first` to before `end`. */
function stepsPerRow({ trees, booster, features, outputs }: XgboostModel) {
  if (booster === 'gblinear') return () => features * outputs;
  const before = new Float64Array(trees.length + 1);
  for (const [index, tree] of trees.entries()) before[index + 1] = before[index]! + levelsOf(tree);
  return (first: number, end: number) => before[end]! - before[first]!;
}

/** @throws FACTOR_PREDICTION_TOO_LARGE */
function requireFew(rows: number, steps: number, trees: number): void {
  const isTooMuch = rows * steps > MAX_STEPS;
  if (!isTooMuch) return;
  throw new PaperdeskError(
    'FACTOR_PREDICTION_TOO_LARGE',
    `${rows} rows with up to ${steps} steps each, through ${trees} trees, make ${rows * steps} steps; a request may have ` +
      `${MAX_STEPS}. Send at most ${Math.floor(MAX_STEPS / steps)} rows, or fewer iterations (iteration_range).`,
  );
}

function linkOf({ objective, version }: XgboostModel): Link {
  const link = LINKS.get(objective);
  if (link === undefined) throw unsupported(`has the objective ${JSON.stringify(objective.slice(0, 100))}`);
  const [major = 0, minor = 0] = version;
  const [sinceMajor, sinceMinor] = QUANTILES_SORTED_SINCE;
  const isSorted = major > sinceMajor || (major === sinceMajor && minor >= sinceMinor);
  return objective === 'reg:quantileerror' && isSorted
    ? { ...link, transform: (margins) => margins.sort() }
    : link;
}

function unsupported(what: string): PaperdeskError {
  return new PaperdeskError(
    'XGBOOST_UNSUPPORTED',
    `The model ${what}, which is not scored here; its JSON can still be downloaded.`,
  );
}

function addTrees(
  { trees, treeOutputs, treeWeights }: XgboostModel,
  row: Float32Array,
  sums: Float32Array,
  first: number,
  end: number,
): void {
  for (let t = first; t < end; t++) {
    const tree = trees[t]!;
    const value = tree.condition[leafOf(tree, row)]!;
    const output = treeOutputs[t]!;
    // The array rounds each sum to float32.
    sums[output] = sums[output]! + (treeWeights === undefined ? value : Math.fround(value * treeWeights[t]!));
  }
}

function leafOf(tree: XgboostTree, row: Float32Array): number {
  const { left, right, feature, condition, defaultLeft, categories } = tree;
  let node = 0;
  while (left[node] !== -1) {
    const value = row[feature[node]!]!;
    const chosen = categories.size > 0 ? categories.get(node) : undefined;
    let goesLeft: boolean;
    if (Number.isNaN(value)) goesLeft = defaultLeft[node] === 1;
    else if (chosen === undefined) goesLeft = value < condition[node]!;
    else goesLeft = !chosen.has(Math.trunc(value));
    node = goesLeft ? left[node]! : right[node]!;
  }
  return node;
}

/** A missing value adds nothing. */
function addLinear(
  { linearWeights, features, outputs }: XgboostModel,
  row: Float32Array,
  sums: Float32Array,
): void {
  const weights = linearWeights!;
  for (let output = 0; output < outputs; output++) {
    let sum = Math.fround(weights[features * outputs + output]! + sums[output]!);
    for (let f = 0; f < features; f++) {
      if (!Number.isNaN(row[f]!)) {
        sum = Math.fround(sum + Math.fround(row[f]! * weights[f * outputs + output]!));
      }
    }
    sums[output] = sum;
  }
}
