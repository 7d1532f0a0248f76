import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { wantsInt8 } from '../../../src/packages/weight-choice.ts';
import { writeRandomForecaster } from '../../helper/random-package.ts';
import { startTestService, type TestService } from '../../helper/service.ts';
import { packageParts, upload, warmedUp } from '../../helper/upload.ts';
import { waitFor, waitUntil } from '../../helper/wait.ts';

const MIB = 2 ** 20;
const BUDGET = { memoryBudgetBytes: 100 * MIB };

test.each([
  ['default', 'auto', 25, false],
  ['default', 'auto', 26, true],
  ['default', 'int8', 1, true],
  ['default', 'float32', 99, false],
  ['float32', 'int8', 99, false],
  ['int8', 'float32', 1, true],
] as const)(
  'choice %s, MODEL_WEIGHTS %s, %d MiB: 8-bit weights wanted: %s',
  (choice, setting, mib, isWanted) => {
    const model = { weightChoice: choice, forecast: { size: mib * MIB } };
    expect(wantsInt8(model, { ...BUDGET, weights: setting })).toBe(isWanted);
  },
);

describe('the weights of a package', () => {
  let service: TestService;
  afterEach(() => service.close());

  const answer = async (id: string) => (await service.app.inject(`/model-packages/${id}`)).json();
  const choose = (id: string, weights: string) =>
    service.app.inject({ method: 'PATCH', url: `/model-packages/${id}`, payload: { weights } });

  function weightsOnce(id: string, matches: (weights: { used: string; trial: unknown }) => boolean) {
    return waitFor(`the weights of ${id} change`, async () => (await answer(id)).weights, matches);
  }

  test('are 8-bit after the choice and the trial, and float32 again after another choice', async () => {
    service = await startTestService();
    const id = await uploadLarge();
    const int8File = join(service.folder, 'packages', id, '.forecast_model.pt.int8');
    expect((await answer(id)).weights).toEqual({ wanted: 'default', used: 'float32', trial: null });
    const trained = (await service.app.inject(`/paper/ml-signal/${id}`)).json();

    expect((await choose(id, 'int8')).json().weights).toMatchObject({ wanted: 'int8', used: 'float32' });
    const { trial } = await weightsOnce(id, ({ used }) => used === 'int8');
    expect(trial).toMatchObject({ reason: null, windows: 8, error: expect.any(Number) });
    expect(existsSync(int8File)).toBe(true);
    const int8 = (await service.app.inject(`/paper/ml-signal/${id}`)).json();
    expect(int8.forecast_values).not.toEqual(trained.forecast_values);

    await service.restart();
    expect((await answer(id)).weights).toMatchObject({ wanted: 'int8', used: 'int8', trial });

    await choose(id, 'float32');
    expect(await weightsOnce(id, ({ used }) => used === 'float32')).toMatchObject({ trial: null });
    expect((await service.app.inject(`/paper/ml-signal/${id}`)).json().forecast_values).toEqual(
      trained.forecast_values,
    );
    await waitUntil('the file of 8-bit weights is deleted', () => !existsSync(int8File));
  });

  test('stay float32 where the model is too small, with the reason', async () => {
    service = await startTestService({ env: { MODEL_WEIGHTS: 'int8' } });
    const { used, trial } = await weightsOnce('ppo_v1', (weights) => weights.trial !== null);
    expect(used).toBe('float32');
    expect(trial).toMatchObject({ reason: expect.stringMatching(/largest matrix has 1\.8 MB/), windows: 0 });
  });

  test.each([
    ['an unknown form', 'int4', 400],
    ['an unknown package', 'int8', 404],
  ])('cannot be chosen for %s', async (what, weights, status) => {
    service = await startTestService();
    const answered = await choose(status === 404 ? 'nobody' : 'ppo_v1', weights);
    expect([what, answered.statusCode]).toEqual([what, status]);
  });

  async function uploadLarge(): Promise<string> {
    const folder = mkdtempSync(join(tmpdir(), 'paperdesk-large-'));
    try {
      const path = join(folder, 'forecast_model.pt');
      writeRandomForecaster(path, { dModel: 16, layers: 1, patchLength: 16, stride: 8, hidden: 160 });
      const parts = (await packageParts('alpha')).map(([name, content]) =>
        name === 'forecast_model' ? ([name, readFileSync(path)] as const) : ([name, content] as const),
      );
      const { id } = (await upload(service.app, parts)).json();
      expect((await warmedUp(service.app, id)).warmup_status).toBe('DONE');
      return id;
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
});
