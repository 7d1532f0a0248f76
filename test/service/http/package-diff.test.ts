import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestService, type TestService } from '../../helper/service.ts';
import { packageParts, upload, warmedUp } from '../../helper/upload.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
  for (const name of ['alpha', 'beta'] as const) {
    await upload(service.app, await packageParts(name));
    await warmedUp(service.app, name);
  }
});
afterAll(() => service.close());

const get = async (url: string) => (await service.app.inject(url)).json();

interface Row {
  readonly section: string;
  readonly path: string;
  readonly equal: boolean;
}
const rowOf = (rows: readonly Row[], path: string) => rows.find((row) => row.path === path);

test('every row says what both have and whether that is equal', async () => {
  const diff = await get('/model-packages/alpha/diff/beta');
  expect(diff).toMatchObject({ a: 'alpha', b: 'beta' });
  const { rows } = diff;
  expect(rowOf(rows, 'n_heads')).toEqual({
    section: 'architecture',
    path: 'n_heads',
    a: 4,
    b: 2,
    equal: false,
  });
  expect(rowOf(rows, 'forecast_quantiles')).toMatchObject({
    section: 'pipeline',
    b: [0.2, 0.5, 0.8],
    equal: false,
  });
  expect(rowOf(rows, 'decision_tf')).toMatchObject({ a: '15m', b: '15m', equal: true });
  expect(rowOf(rows, 'scaler_source')).toMatchObject({ section: 'manifest', a: 'package', equal: true });
  expect(rowOf(rows, 'manifest.json')).toMatchObject({ section: 'files', a: null, equal: false });
  const { feature_order } = (await get('/model-packages/alpha')).manifest;
  expect(rowOf(rows, feature_order[0])).toMatchObject({
    section: 'scaler',
    a: { mean: expect.any(Number), scale: expect.any(Number) },
  });
  expect(diff.differences).toBe(rows.filter(({ equal }: Row) => !equal).length);
  const keys = rows.map(({ section, path }: Row) => `${section} ${path}`);
  expect(new Set(keys).size).toBe(keys.length);
});

test('the results of both accounts are beside it, once they are polled', async () => {
  expect((await get('/model-packages/alpha/diff/beta')).results).toEqual({ a: null, b: null, pair: null });
  for (const model_id of ['alpha', 'beta'])
    await service.app.inject({ method: 'POST', url: '/paper/signal', payload: { model_id } });
  expect((await get('/model-packages/alpha/diff/beta')).results).toMatchObject({
    a: { model_id: 'paper_alpha', performance: { initial_balance: 10_000 } },
    b: { model_id: 'paper_beta' },
    pair: { a: 'paper_alpha', b: 'paper_beta', withheld: 'FEW_DAYS', sentence: expect.any(String) },
  });
});

test('a package has no difference from itself; an unknown one is not found', async () => {
  const same = await get('/model-packages/alpha/diff/alpha');
  expect(same).toMatchObject({ differences: 0, results: { pair: null } });
  expect(await get('/model-packages/alpha/diff/nobody')).toMatchObject({ code: 'PACKAGE_NOT_FOUND' });
  await service.app.inject({
    method: 'PUT',
    url: '/model-packages/aliases/champion',
    payload: { model_id: 'beta' },
  });
  expect(await get('/model-packages/alpha/diff/@champion')).toMatchObject({ a: 'alpha', b: 'beta' });
});
