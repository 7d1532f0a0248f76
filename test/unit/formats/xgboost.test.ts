import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PaperdeskError } from '../../../src/errors.ts';
import { readPickledModel } from '../../../src/formats/xgboost/booster-pickle.ts';
import { float32Text } from '../../../src/formats/xgboost/float32-text.ts';
import { parseModelJson } from '../../../src/formats/xgboost/model-document.ts';
import { readXgboostModel } from '../../../src/formats/xgboost/xgboost-model.ts';
import { bytes, op, pickle } from '../../helper/pickle-assembler.ts';
import { expectRefusal } from '../../helper/refusal.ts';
import {
  boosterPickle,
  dart,
  gblinear,
  gbtree,
  model,
  snapshot,
  tree,
  wrapperPickle,
} from '../../helper/xgboost-writer.ts';

const fixture = (path: string) => readFileSync(new URL(`../../fixtures/factors/${path}`, import.meta.url));
const read = (file: Uint8Array) => readPickledModel(file, 'x_model.pkl');
const stump = { feature: 1, at: 0.25, left: -1, right: 1 } as const;

describe("what XGBoost pickled becomes XGBoost's own JSON", () => {
  test.each([
    ['root_ok/SOLUSDT_mid_chg_1m', 'root_ok__SOLUSDT_mid_chg_1m'],
    ['root_ok/BTCUSDT_mid_chg_1m', 'root_ok__BTCUSDT_mid_chg_1m'],
    ['root_ok/nested/bnb/BNBUSDT_mid_chg_1m', 'bnb__BNBUSDT_mid_chg_1m'],
    ['root_dup/SOLUSDT_mid_chg_1m', 'root_dup__SOLUSDT_mid_chg_1m'],
    ['root_dup/SOLUSDT_mid_chg_5m', 'root_dup__SOLUSDT_mid_chg_5m'],
  ])('%s, to the byte', (file, reference) => {
    expect(
      read(fixture(`${file}_model.pkl`))
        .json()
        .toString(),
    ).toBe(fixture(`reference/${reference}.json`).toString());
  });

  test.each([
    ['gbtree', gbtree([stump, 0.5])],
    ['dart', dart([stump, 0.5], [1, 0.25])],
    ['gblinear', gblinear([0.1, 0.2, 0.3, -0.5])],
  ])('%s, as a booster and in every wrapper', (name, booster) => {
    const handle = snapshot(model(booster));
    const expected = read(boosterPickle(handle)).json().toString();
    const facts = readXgboostModel(JSON.parse(expected), 'x');
    expect(facts).toMatchObject({ booster: name, features: 3, outputs: 1, version: [1, 7, 4] });
    for (const wrapper of ['XGBRegressor', 'XGBClassifier', 'XGBRanker', 'XGBRFRegressor', 'XGBModel']) {
      expect(read(wrapperPickle(wrapper, handle)).json().toString()).toBe(expected);
    }
  });

  test('the text of a booster with JSON is unchanged', () => {
    const json = '{"learner" :{"odd":"}\\"{"},"version":[1,3,0]}';
    const handle = Buffer.from(`{"Config":{"a":["Model",{"Model":1}]},"Model": ${json} }`);
    expect(read(boosterPickle(handle)).json().toString()).toBe(json);
  });

  test('NaN and infinity are written as XGBoost writes them', () => {
    const odd = {
      ...tree(0.5),
      split_conditions: Float32Array.from([Number.NaN, Number.NEGATIVE_INFINITY, -0]),
    };
    const json = read(boosterPickle(snapshot(model({ model: { trees: [odd] }, name: 'gbtree' }))))
      .json()
      .toString();
    expect(json).toContain('"split_conditions":[NaN,-Infinity,-0E0]');
    expect(parseModelJson(json, 'x')).toMatchObject({
      learner: {
        gradient_booster: { model: { trees: [{ split_conditions: [null, Number.NEGATIVE_INFINITY, -0] }] } },
      },
    });
  });
});

describe('float32Text', () => {
  test.each([
    [0.5, '5E-1'],
    [-0.49283612, '-4.9283612E-1'],
    [800, '8E2'],
    [16777216, '1.6777216E7'],
    [1e-45, '1E-45'],
    [3.4028234663852886e38, '3.4028235E38'],
    [9.9999998e9, '1E10'],
  ])('%d is %s', (value, text) => {
    expect(float32Text(Math.fround(value))).toBe(text);
  });

  test('is the shortest text that reads back', () => {
    const shortest = (value: number) => {
      for (let digits = 0; ; digits++) {
        const text = value.toExponential(digits);
        if (Math.fround(Number(text)) === value) return text.replace('e+', 'E').replace('e', 'E');
      }
    };
    const values = fc.float({ noNaN: true, noDefaultInfinity: true }).filter((value) => value !== 0);
    fc.assert(
      fc.property(values, (value) => {
        expect(float32Text(value)).toBe(shortest(value));
      }),
      { numRuns: 5000 },
    );
  });
});

describe('other documents are refused', () => {
  const handle = snapshot(model(gbtree([stump])));
  test.each([
    ['a dict', pickle(op.emptyDict), 'NOT_XGBOOST', /contains a dict/],
    [
      'no booster',
      pickle(op.global('xgboost.sklearn', 'XGBRegressor'), op.emptyTuple, op.newObject),
      'NOT_XGBOOST',
      /never fitted/,
    ],
    ['an empty handle', boosterPickle(Buffer.alloc(0)), 'NOT_XGBOOST', /handle is 0 bytes/],
    ['the old format', boosterPickle(Buffer.from('binf\0\0\0')), 'XGBOOST_UNSUPPORTED', /old binary format/],
    ['half a booster', boosterPickle(handle.subarray(0, 200)), 'UBJSON_MALFORMED', /are left|declared/],
    ['a callback', wrapperPickle('XGBCallback', handle), 'PICKLE_FORBIDDEN_GLOBAL', /XGBCallback/],
    [
      'a command',
      pickle(op.global('os', 'system'), op.text('x'), op.tuple1, op.reduce),
      'PICKLE_FORBIDDEN_GLOBAL',
      /os system/,
    ],
    [
      'a booster made by a call',
      pickle(op.global('xgboost.core', '_load'), op.emptyTuple, op.reduce),
      'PICKLE_FORBIDDEN_GLOBAL',
      /_load/,
    ],
  ] as const)('%s', (_name, file, code, sentence) => expectRefusal(() => read(file), code, sentence));

  const broken = (change: (one: ReturnType<typeof tree>) => object) =>
    model({ model: { tree_info: [0], trees: [change(tree(stump)) as never] }, name: 'gbtree' });
  test.each([
    ['a loop', broken((one) => ({ ...one, left_children: Int32Array.from([0, -1, -1]) })), /two ways/],
    [
      'a child that does not exist',
      broken((one) => ({ ...one, right_children: Int32Array.from([9, -1, -1]) })),
      /node 9 of 3/,
    ],
    [
      'a feature that does not exist',
      broken((one) => ({ ...one, split_indices: Int32Array.from([7, 0, 0]) })),
      /feature 7 of 3/,
    ],
    [
      'lists of other lengths',
      broken((one) => ({ ...one, default_left: new Uint8Array(2) })),
      /2 default_left for 3/,
    ],
    ['a tree of no output', model(gbtree([stump], [4])), /tree_info/],
    ['too few weights', model(gblinear([1, 2])), /2 weights/],
    ['another booster', model({ name: 'gbforest' }), /gbforest/],
    ['a base score that is no number', model(gbtree([stump]), { baseScore: 'half' }), /base_score/],
  ])('%s', (_name, document, sentence) =>
    expectRefusal(
      () => readXgboostModel(read(boosterPickle(snapshot(document))).document, 'x'),
      'NOT_XGBOOST',
      sentence,
    ),
  );

  test('changed bytes are either refused or read', () => {
    const file = boosterPickle(snapshot(model(dart([stump, 0.5], [1, 0.25]))));
    const change = fc.tuple(
      fc.nat(file.length - 1),
      fc.oneof(fc.nat(255), fc.constantFrom(...bytes('[]{}$#LSdlUZN'))),
    );
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const changed = Buffer.from(file);
        for (const [at, value] of changes) changed[at] = value;
        try {
          const result = read(changed);
          result.json();
          readXgboostModel(result.document, 'x');
        } catch (error) {
          expect(error).toBeInstanceOf(PaperdeskError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
