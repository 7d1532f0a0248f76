import { describe, expect, test } from 'vitest';
import { modelFacts } from '../../../src/factor-models/model-facts.ts';
import { readModelFile } from '../../../src/formats/xgboost/model-file.ts';
import { op, pickle } from '../../helper/pickle-assembler.ts';
import { expectRefusal } from '../../helper/refusal.ts';
import { ubjson } from '../../helper/ubjson-writer.ts';
import {
  boosterPickle,
  gblinear,
  gbtree,
  type ModelParts,
  model,
  snapshot,
  wrapperPickle,
} from '../../helper/xgboost-writer.ts';

const factsOf = (file: Uint8Array) => modelFacts(readModelFile(file, 'x'), 'x');
const six = [1, 2, 3, 4, 5, 6];
const handleOf = (parts: ModelParts = {}) => snapshot(model(gbtree(six), parts));
const best = (iteration: number) => ({ attributes: { best_iteration: String(iteration) } });

/** XGBoost 1.3: JSON in the pickle, and the number of parallel trees in the configuration only. */
function handleOf13(parallelTrees: number): Buffer {
  const tree = (value: number) => ({
    ...{ left_children: [-1], right_children: [-1], split_indices: [0], split_conditions: [value] },
    ...{ default_left: [false], tree_param: { size_leaf_vector: '0' } },
  });
  const document = {
    learner: {
      attributes: {},
      gradient_booster: {
        model: { gbtree_model_param: { num_trees: '6' }, tree_info: six.map(() => 0), trees: six.map(tree) },
        name: 'gbtree',
      },
      learner_model_param: { base_score: '5E-1', num_class: '0', num_feature: '3' },
      objective: { name: 'reg:squarederror' },
    },
    version: [1, 3, 3],
  };
  const trained = { gbtree_train_param: { num_parallel_tree: String(parallelTrees) } };
  return Buffer.from(JSON.stringify({ Config: { learner: { gradient_booster: trained } }, Model: document }));
}

describe('a wrapper uses the iterations that its own predict uses', () => {
  const v2 = { ...best(1), version: [2, 1, 1] };
  test.each<[string, Buffer, object]>([
    [
      '1.7, from the booster',
      wrapperPickle('XGBRegressor', handleOf(best(1)), { booster: { best_iteration: 1 } }),
      { treesUsed: 2, bestIteration: 1 },
    ],
    [
      '1.7, a slice of a booster',
      wrapperPickle('XGBRegressor', handleOf(best(1))),
      { treesUsed: 6, bestIteration: null },
    ],
    [
      '2.1, from the model',
      wrapperPickle('XGBClassifier', handleOf(v2)),
      { treesUsed: 2, savedBy: 'XGBClassifier' },
    ],
    [
      '2.1, without early stopping',
      wrapperPickle('XGBRegressor', handleOf({ version: [2, 1, 1] })),
      { treesUsed: 6 },
    ],
    [
      '1.3, from the wrapper',
      wrapperPickle('XGBRegressor', handleOf13(1), { wrapper: { best_iteration: 3 } }),
      { treesUsed: 4 },
    ],
    [
      '1.3, from its limit of trees',
      wrapperPickle('XGBRegressor', handleOf13(2), { wrapper: { best_ntree_limit: 4 } }),
      { treesUsed: 4, iterations: 3, iterationsUsed: 2 },
    ],
    [
      'more iterations than there are',
      wrapperPickle('XGBRegressor', handleOf(), { booster: { best_iteration: 40 } }),
      { treesUsed: 6 },
    ],
    [
      'gblinear',
      wrapperPickle('XGBRegressor', snapshot(model(gblinear([1, 2, 3, 4]))), {
        booster: { best_iteration: 1 },
      }),
      { trees: 0, treesUsed: 0 },
    ],
    [
      'another mark for missing values',
      wrapperPickle('XGBRegressor', handleOf(), { wrapper: { missing: -999 } }),
      { missing: -999 },
    ],
    [
      'NaN for missing values',
      wrapperPickle('XGBRegressor', handleOf(), { wrapper: { missing: Number.NaN } }),
      { missing: null },
    ],
    [
      'a bare booster, which uses all',
      boosterPickle(handleOf(v2)),
      { treesUsed: 6, bestIteration: 1, savedBy: 'Booster' },
    ],
    ['a document of a booster', ubjson(model(gbtree(six), v2)), { treesUsed: 6, savedBy: 'Booster' }],
    [
      'a document of a wrapper',
      ubjson(
        model(gbtree(six), {
          attributes: { best_iteration: '2', scikit_learn: '{"_estimator_type":"ranker","missing":NaN}' },
        }),
      ),
      { treesUsed: 3, savedBy: 'XGBRanker' },
    ],
  ])('%s', (_name, file, facts) => expect(factsOf(file)).toMatchObject(facts));

  test('iterations of several sizes are those that XGBoost 2 writes down', () => {
    const booster = gbtree(six);
    const withStarts = (starts: number[]) => ({
      ...booster,
      model: { ...(booster.model as object), iteration_indptr: Int32Array.from(starts) },
    });
    const facts = (starts: number[]) =>
      factsOf(
        wrapperPickle(
          'XGBRegressor',
          snapshot(model(withStarts(starts), { ...best(1), version: [3, 0, 0] })),
        ),
      );
    expect(facts([0, 1, 4, 6])).toMatchObject({ iterations: 3, treesUsed: 4 });
    for (const starts of [
      [0, 4, 1, 6],
      [0, 7],
      [1, 6],
    ]) {
      expectRefusal(() => facts(starts), 'NOT_XGBOOST', /iteration_indptr/);
    }
  });
});

describe('what is no model is refused with advice that fits', () => {
  const instance = (module: string, name: string) =>
    pickle(op.global(module, name), op.emptyTuple, op.newObject, op.dict(op.text('a'), op.int(1)), op.build);
  test.each([
    [
      'LightGBM',
      instance('lightgbm.sklearn', 'LGBMRegressor'),
      'NOT_XGBOOST',
      /is an LGBMRegressor of LightGBM, not XGBoost/,
    ],
    [
      'CatBoost',
      instance('catboost.core', 'CatBoostClassifier'),
      'NOT_XGBOOST',
      /is a CatBoostClassifier of CatBoost/,
    ],
    [
      'a pipeline',
      instance('imblearn.pipeline', 'Pipeline'),
      'NOT_XGBOOST',
      /imbalanced-learn.*pipeline\[-1\]/,
    ],
    ['a model for clusters', instance('xgboost.dask', 'DaskXGBRegressor'), 'NOT_XGBOOST', /get_booster/],
    [
      'a class of its own',
      instance('train', 'Model'),
      'PICKLE_FORBIDDEN_GLOBAL',
      /"train Model".*nothing was executed/,
    ],
    [
      'a pickle of 1.2',
      boosterPickle(Buffer.from('CONFIG-offset:x{}')),
      'XGBOOST_UNSUPPORTED',
      /1\.0 to 1\.2.*with XGBoost 1\.7/,
    ],
    ['a pickle of 0.9', boosterPickle(Buffer.from('binf\0\0\0')), 'XGBOOST_UNSUPPORTED', /0\.90 first/],
    ['a dump for people', Buffer.from('[\n  { "nodeid": 0 }]'), 'NOT_XGBOOST', /get_dump/],
    [
      'an array of an old joblib',
      instance('joblib.numpy_pickle', 'NDArrayWrapper'),
      'PICKLE_FORBIDDEN_GLOBAL',
      /NDArrayWrapper/,
    ],
  ] as const)('%s', (_name, file, code, sentence) => expectRefusal(() => factsOf(file), code, sentence));

  test('a command next to a good model is refused, and never runs', () => {
    const command = Buffer.concat([op.global('posix', 'system'), op.text('exit 1'), op.tuple1, op.reduce]);
    const good = boosterPickle(handleOf()).subarray(2, -1);
    const file = pickle(op.dict(op.text('model'), good, op.text('x'), command));
    expectRefusal(() => factsOf(file), 'PICKLE_FORBIDDEN_GLOBAL', /"posix system"/);
  });
});
