// promise: docs/security.md "A prediction has an end"

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createScorer } from '../../../src/factor-models/scoring.ts';
import { readPickledModel } from '../../../src/formats/xgboost/booster-pickle.ts';
import { parseModelJson } from '../../../src/formats/xgboost/model-document.ts';
import { readXgboostModel, type XgboostModel } from '../../../src/formats/xgboost/xgboost-model.ts';
import type { XgboostTree } from '../../../src/formats/xgboost/xgboost-tree.ts';
import { expectRefusal } from '../../helper/refusal.ts';
import {
  boosterPickle,
  dart,
  gblinear,
  gbtree,
  type ModelParts,
  model,
  type Node,
  snapshot,
  tree,
} from '../../helper/xgboost-writer.ts';

const FIXTURES = new URL('../../fixtures/factors/', import.meta.url);
const expected: Record<string, Record<string, { probe: number[][]; prediction: number[] }>> = JSON.parse(
  readFileSync(new URL('expected.json', FIXTURES)).toString(),
);

type Document = Parameters<typeof snapshot>[0];

function scorerOf(document: Document) {
  const file = readPickledModel(boosterPickle(snapshot(document)), 'x');
  return createScorer(readXgboostModel(file.document, 'x'));
}

function score(document: Document, ...rows: number[][]): number[][] {
  return scorerOf(document)(Float32Array.from(rows.flat())).outputs;
}

describe("agrees with XGBoost's own predictions", () => {
  const cases = Object.entries(expected).flatMap(([root, groups]) =>
    Object.entries(groups).map(([key, probe]) => ({ root, key, ...probe })),
  );
  test.each(cases)('$root $key', ({ root, key, probe, prediction }) => {
    const text = readFileSync(new URL(`reference/${root}__${key}.json`, FIXTURES)).toString();
    const scores = createScorer(readXgboostModel(parseModelJson(text, key), key))(
      Float32Array.from(probe.flat()),
    ).outputs;
    for (const [row, value] of prediction.entries()) {
      expect(Math.abs(scores[row]![0]! - value)).toBeLessThanOrEqual(1e-5 * Math.max(1, Math.abs(value)));
    }
  });
});

describe('a prediction that would take long is refused before it begins, with the numbers', () => {
  /** A tree whose longest way has `levels` nodes. */
  function deepTree(levels: number): XgboostTree {
    const nodes = 2 * levels - 1;
    const left = new Int32Array(nodes).fill(-1);
    const right = new Int32Array(nodes).fill(-1);
    for (let node = 0; node < nodes - 1; node += 2) {
      left[node] = node + 1;
      right[node] = node + 2;
    }
    const [feature, condition, defaultLeft] = [
      new Int32Array(nodes),
      new Float32Array(nodes),
      new Uint8Array(nodes),
    ];
    return { left, right, feature, condition, defaultLeft, categories: new Map(), vectorLeaves: false };
  }
  const { document } = readPickledModel(boosterPickle(snapshot(model(gbtree([1]), { features: 1 }))), 'x');
  const plain = readXgboostModel(document, 'x');

  test.each([
    [
      'deep trees',
      { trees: [deepTree(10_001)] },
      10_000,
      /10000 rows with up to 10001 steps each.*at most 9999 rows/,
    ],
    [
      'many trees',
      { trees: Array(2001).fill(deepTree(5)) },
      10_000,
      /through 2001 trees, make 100050000 steps/,
    ],
    ['linear models', { booster: 'gblinear', outputs: 10_001 }, 10_000, /up to 10001 steps/],
  ] as const)('%s', async (_, parts, rows, sentence) => {
    const trees = 'trees' in parts ? parts.trees : [];
    const iterationStarts = Array.from({ length: trees.length + 1 }, (_, index) => index);
    const treeOutputs = trees.map(() => 0);
    const scorer = createScorer({ ...plain, iterationStarts, treeOutputs, ...parts } as XgboostModel);
    await expectRefusal(() => scorer(new Float32Array(rows)), 'FACTOR_PREDICTION_TOO_LARGE', sentence);
  });

  test('fewer rows or iterations are scored', () => {
    const trees = [deepTree(10_001), deepTree(3)];
    const scorer = createScorer({ ...plain, trees, treeOutputs: [0, 0], iterationStarts: [0, 1, 2] });
    expect(scorer(new Float32Array(9)).outputs).toHaveLength(9);
    const last = { iterations: { begin: 1, end: 2 } };
    expect(scorer(new Float32Array(10_000), last).outputs).toHaveLength(10_000);
  });
});

const stump: Node = { feature: 1, at: 0.25, left: -1, right: 2, missing: 'left' };

describe('trees', () => {
  test('compare in float32: values below the condition go left, equal ones right', () => {
    const split: Node = { feature: 0, at: 0.1, left: -1, right: 1 };
    const scores = score(model(gbtree([split])), [0.0999999, 0, 0], [0.1, 0, 0], [Math.fround(0.1), 0, 0]);
    expect(scores.flat()).toEqual([-0.5, 1.5, 1.5]);
  });

  test('send missing values in the default direction of the split', () => {
    const right: Node = { feature: 2, at: 0, left: 10, right: 20, missing: 'right' };
    expect(score(model(gbtree([stump, right])), [0, Number.NaN, Number.NaN])).toEqual([[0.5 - 1 + 20]]);
  });

  test('send the categories of a split to the right, all others to the left', () => {
    const split: Node = { feature: 0, categories: [1, 3], left: 0, right: 8 };
    const rows = [[1], [3], [2], [3.7], [-1], [1e9]].map(([value]) => [value!, 0, 0]);
    expect(score(model(gbtree([split])), ...rows).flat()).toEqual([8.5, 8.5, 0.5, 8.5, 0.5, 0.5]);
  });

  test('of dart are multiplied by their weights', () => {
    expect(score(model(dart([stump, 4], [0.5, 0.25])), [0, 1, 0])).toEqual([[0.5 + 2 * 0.5 + 1]]);
  });

  test('of newer dart versions have their weights in the model', () => {
    const booster = gbtree([stump, 4]);
    const inside = { ...booster, model: { ...(booster.model as object), weight_drop: [0.5, 0.25] } };
    expect(score(model(inside as Document), [0, 1, 0])).toEqual([[2.5]]);
  });

  test('add up in float32', () => {
    const many = Array.from({ length: 100 }, () => 0.1);
    let sum = Math.fround(0.5);
    for (const value of many) sum = Math.fround(sum + Math.fround(value));
    expect(score(model(gbtree(many)), [0, 0, 0])).toEqual([[sum]]);
  });
});

test('a linear model adds nothing for a missing value', () => {
  const document = model(gblinear([0.5, -2, 4, 0.25]));
  expect(score(document, [1, 1, 1], [1, Number.NaN, 1])).toEqual([[0.5 + 0.25 + 2.5], [0.5 + 0.25 + 4.5]]);
});

describe('objectives', () => {
  const one = (objective: string, parts: ModelParts = {}) =>
    score(model(gbtree([0.75]), { objective, ...parts }), [0, 0, 0])[0]![0]!;
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
  test.each([
    ['reg:squarederror', '5E-1', 1.25],
    ['reg:pseudohubererror', '5E-1', 1.25],
    ['rank:ndcg', '5E-1', 1.25],
    ['binary:logitraw', '5E-1', 1.25],
    ['binary:logistic', '5E-1', sigmoid(0.75)],
    ['binary:logistic', '2E-1', sigmoid(0.75 + Math.log(0.25))],
    ['reg:logistic', '[9E-1]', sigmoid(0.75 + Math.log(9))],
    ['binary:hinge', '5E-1', 1],
    ['count:poisson', '5E-1', 0.5 * Math.exp(0.75)],
    ['reg:gamma', '2E0', 2 * Math.exp(0.75)],
    ['reg:tweedie', '5E-1', 0.5 * Math.exp(0.75)],
    ['survival:cox', '1E0', Math.exp(0.75)],
  ])('%s from %s', (objective, baseScore, value) => {
    expect(Math.abs(one(objective, { baseScore }) - value)).toBeLessThan(1e-6);
  });

  test('expectiles of XGBoost 3.4 are each further from the last, by a softplus of their margin', () => {
    const document = model(gbtree([0.25, -1, 2], [0, 1, 2]), {
      ...{ classes: 3, objective: 'reg:expectileerror', baseScore: '[1E0,2E0,2.5E1]' },
    });
    const gap = 1e-6;
    const inverse = (step: number) => Math.log(Math.expm1(step));
    const softplus = (x: number) => Math.log1p(Math.exp(x));
    const second = 1.25 + gap + softplus(inverse(1 - gap) - 1);
    const right = [1.25, second, second + gap + softplus(23 - gap + 2)];
    score(document, [0, 0, 0])[0]!.forEach((value, index) => {
      expect(Math.abs(value - right[index]!)).toBeLessThan(1e-5);
    });
  });

  test('a base score of each output may be a list', () => {
    const parts = { classes: 3, objective: 'multi:softprob', baseScore: [0.5, -1, 2] as never };
    const scorer = scorerOf(model(gbtree([1, 2, 3], [0, 1, 2]), parts));
    expect(scorer(new Float32Array(3), { margins: true }).outputs).toEqual([[1.5, 1, 5]]);
  });

  const classes = gbtree([1, 2, 3, 0.5, 0, 0], [0, 1, 2, 0, 1, 2]);
  test('several classes give probabilities, or the most likely class', () => {
    const parts = { classes: 3, objective: 'multi:softprob' };
    const exponents = [1.5, 2, 3].map(Math.exp);
    const sum = exponents.reduce((a, b) => a + b);
    score(model(classes, parts), [0, 0, 0])[0]!.forEach((value, index) => {
      expect(Math.abs(value - exponents[index]! / sum)).toBeLessThan(1e-6);
    });
    const softmax = scorerOf(model(classes, { ...parts, objective: 'multi:softmax' }));
    expect(softmax(new Float32Array(3)).outputs).toEqual([[2]]);
    const [chances] = softmax(new Float32Array(3), { classProbabilities: true }).outputs;
    expect(chances).toEqual(score(model(classes, parts), [0, 0, 0])[0]);
  });

  test('only the iterations that are asked for are added up', () => {
    const scorer = scorerOf(model(classes, { classes: 3, objective: 'multi:softprob', baseScore: '0E0' }));
    const options = { margins: true, iterations: { begin: 1, end: 2 } };
    expect(scorer(new Float32Array(3), options)).toEqual({ outputs: [[0.5, 0, 0]], treesUsed: 3 });
  });

  test('margins skip the transform', () => {
    const scorer = scorerOf(model(classes, { classes: 3, objective: 'multi:softprob' }));
    expect(scorer(new Float32Array(3), { margins: true }).outputs).toEqual([[2, 2.5, 3.5]]);
  });

  test('a linear model of several classes has a column of weights for each', () => {
    const weights = gblinear([1, 10, 2, 20, 3, 30, 0.5, 0.25]);
    const scorer = scorerOf(model(weights, { classes: 2, objective: 'multi:softprob', baseScore: '0E0' }));
    expect(scorer(Float32Array.from([1, 1, 1]), { margins: true }).outputs).toEqual([[6.5, 60.25]]);
  });

  test.each([
    ['an unknown objective', model(gbtree([1]), { objective: 'reg:mine' })],
    [
      'a model with vector leaves',
      model({
        model: {
          tree_info: [0],
          trees: [{ ...tree(1), tree_param: { size_leaf_vector: '2' } }],
        },
        name: 'gbtree',
      } as Document),
    ],
  ])('%s is refused', (_name, document) =>
    expectRefusal(() => scorerOf(document as Document), 'XGBOOST_UNSUPPORTED', /not scored here/),
  );
});
