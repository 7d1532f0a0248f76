import { numberIfSafe } from '../numbers.ts';
import type { PickleDict, PickleInstance, PickleValue } from '../pickle/pickle-values.ts';
import { memberOf, parseModelJson, pathOf, type XgboostDocument } from './model-document.ts';

/** Who saved a model, and how its own `predict` differs from that of a bare Booster (factor-models.md#36). */
export interface SavedBy {
  /** `Booster`, or the class of scikit-learn's interface. */
  readonly name: string;
  readonly isWrapper: boolean;
  /** Iterations that its `predict` uses; undefined where it uses all. */
  readonly iterationsUsed: number | undefined;
  /** The last of the best iterations of early stopping, counted from 0; null where the file has none. */
  readonly bestIteration: number | null;
  /** A value that, like NaN, stands for a missing one. */
  readonly missing: number | null;
  /** Trees of an iteration and output; undefined where only the model's document says it. */
  readonly parallelTrees: number | undefined;
}

/** The classes of `_estimator_type`, which a document has instead of the name of a class. */
const CLASSES: Readonly<Record<string, string>> = {
  classifier: 'XGBClassifier',
  regressor: 'XGBRegressor',
  ranker: 'XGBRanker',
};

/** Of a document: a wrapper leaves the attribute `scikit_learn` in it, a Booster does not. */
export function savedByOfDocument(document: XgboostDocument): SavedBy {
  const text = pathOf(document, 'learner', 'attributes', 'scikit_learn');
  const named = bestOfAttributes(document);
  if (typeof text !== 'string') {
    const unused = { iterationsUsed: undefined, missing: null, parallelTrees: undefined };
    return { ...unused, name: 'Booster', isWrapper: false, bestIteration: named ?? null };
  }
  const meta = parseModelJson(text, 'The attribute scikit_learn');
  const best = named ?? count(memberOf(meta, 'best_iteration'));
  const type = memberOf(meta, '_estimator_type');
  const name = (typeof type === 'string' && CLASSES[type]) || 'XGBModel';
  return {
    ...{ name, isWrapper: true, iterationsUsed: usedUpTo(best), bestIteration: best ?? null },
    ...{ missing: finite(memberOf(meta, 'missing')), parallelTrees: undefined },
  };
}

/** Of a pickled Booster. */
export function savedByOfBooster(
  booster: PickleInstance,
  document: XgboostDocument,
  config: unknown,
): SavedBy {
  const bestIteration = count(booster.attributes.get('best_iteration')) ?? bestOfAttributes(document) ?? null;
  const parallelTrees = parallelTreesOf(config);
  return {
    ...{ name: 'Booster', isWrapper: false, iterationsUsed: undefined, missing: null },
    bestIteration,
    parallelTrees,
  };
}

/** Of a pickled wrapper around a booster. */
export function savedByOfWrapper(
  wrapper: PickleInstance,
  booster: PickleInstance,
  document: XgboostDocument,
  config: unknown,
): SavedBy {
  const parallelTrees = parallelTreesOf(config);
  const best = bestOfPickle(wrapper.attributes, booster.attributes, document, parallelTrees);
  return {
    ...{ name: wrapper.typeName, isWrapper: true, iterationsUsed: usedUpTo(best) },
    ...{ bestIteration: best ?? null, missing: finite(wrapper.attributes.get('missing')), parallelTrees },
  };
}

/**
 * Before XGBoost 2.0 `best_iteration` is an attribute of the Python objects (1.3: also of the wrapper, together with
 * `best_ntree_limit`); a booster without it, such as a slice of another, uses all trees. Since 2.0 it is an attribute
 * of the model only.
 */
function bestOfPickle(
  wrapper: PickleDict,
  booster: PickleDict,
  document: XgboostDocument,
  parallelTrees: number | undefined,
): number | undefined {
  const named = count(booster.get('best_iteration')) ?? count(wrapper.get('best_iteration'));
  if (named !== undefined) return named;
  const trees = count(booster.get('best_ntree_limit')) ?? count(wrapper.get('best_ntree_limit'));
  const parallel =
    parallelTrees ?? count(pathOf(modelOf(document), 'gbtree_model_param', 'num_parallel_tree')) ?? 1;
  if (trees !== undefined && trees > 0) return Math.floor(trees / Math.max(1, parallel)) - 1;
  const major = count((memberOf(document, 'version') as ArrayLike<unknown> | undefined)?.[0]) ?? 0;
  return major >= 2 ? bestOfAttributes(document) : undefined;
}

function modelOf(document: XgboostDocument): unknown {
  const booster = pathOf(document, 'learner', 'gradient_booster');
  return pathOf(booster, 'gbtree', 'model') ?? memberOf(booster, 'model');
}

function bestOfAttributes(document: XgboostDocument): number | undefined {
  return count(pathOf(document, 'learner', 'attributes', 'best_iteration'));
}

/** XGBoost 1.3 has it in the configuration only. */
function parallelTreesOf(config: unknown): number | undefined {
  const booster = pathOf(config, 'learner', 'gradient_booster');
  const parameters =
    pathOf(booster, 'gbtree', 'gbtree_train_param') ?? memberOf(booster, 'gbtree_train_param');
  return count(memberOf(parameters, 'num_parallel_tree'));
}

/** -1, as some versions write it, means none. */
function usedUpTo(best: number | undefined): number | undefined {
  return best === undefined ? undefined : best + 1;
}

/** A number or its text, as a whole number from 0 on. */
function count(value: unknown): number | undefined {
  const number = typeof value === 'bigint' ? numberIfSafe(value) : value;
  const parsed = typeof number === 'string' && /^\d{1,15}$/.test(number) ? Number(number) : number;
  return typeof parsed === 'number' && Number.isSafeInteger(parsed) && parsed >= 0 ? parsed : undefined;
}

function finite(value: PickleValue | unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
