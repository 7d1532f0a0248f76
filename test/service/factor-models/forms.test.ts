// promise: factor-models.md "<key>_model.ubj"
// promise: factor-models.md "<key>_model.pkl"

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PROJECT_ROOT } from '../../../src/runtime/project-root.ts';
import { startTestService, type TestService } from '../../helper/service.ts';

/** Forms in which people save models (factor-models.md#36 to #39), with what Python answers to them. */
interface Expected {
  readonly right: 'read' | 'refused' | 'read or refused by name';
  readonly names?: readonly string[];
  readonly inputs?: readonly (readonly (number | null)[])[];
  readonly scores?: readonly (number | readonly number[])[];
  readonly all_trees?: readonly (number | readonly number[])[];
  readonly trees?: number;
  readonly trees_used?: number;
  readonly best_iteration?: number;
  readonly train_samples?: number;
  readonly selected_factors?: readonly string[];
}

const FORMS = join(PROJECT_ROOT, 'test', 'fixtures', 'forms');
const filesOf = (folder: string): Record<string, Expected> =>
  JSON.parse(readFileSync(join(FORMS, folder, 'expected.json')).toString()).files;

let service: TestService;
let authorization: string;
beforeAll(async () => {
  service = await startTestService({ env: { MODEL_MANAGER_WATCH_ENABLED: '0' } });
  authorization = `Bearer ${(await service.services.access.createServiceToken('test')).token}`;
});
afterAll(() => service.close());

async function call(method: 'GET' | 'POST', url: string, payload?: object) {
  const body = payload === undefined ? {} : { payload };
  const answer = await service.app.inject({ method, url, headers: { authorization }, ...body });
  return { status: answer.statusCode, body: answer.json() };
}

function largestDifference(given: unknown, right: unknown): number {
  const [a, b] = [[given].flat(2), [right].flat(2)] as [number[], number[]];
  expect(a.length).toBe(b.length);
  return Math.max(...a.map((value, index) => Math.abs(value - b[index]!)));
}

describe.each(['early-stopping', 'joblib', 'meta-estimators', 'more'])('%s', (folder) => {
  beforeAll(async () => {
    const registered = await call('POST', '/api/models', {
      ...{ model_name: folder, root_path: join(FORMS, folder) },
    });
    expect(registered.status).toBe(200);
  });
  const cases = Object.entries(filesOf(folder)).map(([file, expected]) => ({ file, ...expected }));
  const detailOf = async (file: string) =>
    (await call('GET', `/api/models/${folder}/symbols/${file.split('_')[0]}`)).body;
  /** The warnings of the group, without the names of its files and keys. */
  const warningsOf = async (file: string) =>
    (await detailOf(file)).warnings.join(' ').replace(/\S+USDT\w*(\.\w+)?/g, '') as string;

  test.each(cases.filter(({ scores, right }) => right === 'read' && scores))(
    '$file predicts as Python does',
    async ({ file, inputs, scores, all_trees: allTrees, ...right }) => {
      const symbol = file.split('_')[0];
      const url = `/api/models/${folder}/predict/${symbol}`;
      const { status, body } = await call('POST', url, { rows: inputs });
      expect(status).toBe(200);
      expect(largestDifference(body.predictions, scores)).toBeLessThan(1e-5);
      const detail = await detailOf(file);
      const payload = (await call('GET', `/api/models/${folder}/model/${symbol}`)).body.payload;
      const { gradient_booster: booster } = JSON.parse(payload.model_json).learner;
      const trees = booster.model?.trees ?? booster.gbtree?.model.trees ?? [];
      for (const answer of [body, detail]) expect(answer.trees).toBe(trees.length);
      if (allTrees === undefined || right.trees_used === undefined) return;
      const use = { trees: right.trees, trees_used: right.trees_used, best_iteration: right.best_iteration };
      for (const answer of [body, detail]) expect(answer).toMatchObject(use);
      const all = await call('POST', url, { rows: inputs, iteration_range: [0, body.iterations] });
      expect(all.body.trees_used).toBe(right.trees);
      expect(largestDifference(all.body.predictions, allTrees)).toBeLessThan(1e-5);
    },
  );

  test.each(cases.filter(({ right, names }) => right !== 'read' && names))(
    '$file is refused by name',
    async ({ file, names }) => {
      const warnings = (await warningsOf(file)).toLowerCase();
      for (const name of names!) expect(warnings).toContain(name.toLowerCase());
    },
  );

  test.each(cases.filter((one) => one.right === 'read' && one.train_samples))(
    '$file is read',
    async ({ file, train_samples: samples, selected_factors: factors }) => {
      const detail = await detailOf(file);
      expect(detail).toMatchObject({ train_samples: samples, factors });
    },
  );
});

test('who saved a model stands in the answers', async () => {
  const savedBy = async (folder: string, symbol: string) =>
    (await call('GET', `/api/models/${folder}/symbols/${symbol}`)).body.saved_by;
  expect(await savedBy('early-stopping', 'ESREGUSDT')).toBe('XGBRegressor');
  expect(await savedBy('early-stopping', 'ESWRAPUSDT')).toBe('XGBRegressor');
  expect(await savedBy('early-stopping', 'ESTRIUSDT')).toBe('XGBClassifier');
  expect(await savedBy('early-stopping', 'ESJSONUSDT')).toBe('Booster');
  expect(await savedBy('more', 'RANKUSDT')).toBe('XGBRanker');
});

test('iterations can be chosen, as long as the model has them', async () => {
  const { inputs } = filesOf('early-stopping')['ESJSONUSDT_mid_chg_1m_model.json']!;
  const predict = (range: [number, number]) =>
    call('POST', '/api/models/early-stopping/predict/ESJSONUSDT', { rows: inputs, iteration_range: range });
  expect((await predict([2, 5])).body).toMatchObject({ trees: 27, trees_used: 3, iterations: 27 });
  expect((await predict([0, 0])).body).toMatchObject({ trees_used: 27 });
  for (const range of [
    [0, 28],
    [5, 5],
    [6, 2],
  ] as [number, number][]) {
    const { status, body } = await predict(range);
    expect([status, body.code]).toEqual([422, 'FACTOR_ROWS_INVALID']);
    expect(body.detail).toMatch(/which has 27 iterations, \[0, 27\] in all/);
  }
});
