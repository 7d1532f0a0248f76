import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { createPackageRepository } from '../../../src/packages/package-repository.ts';
import { seedDefaultPackage } from '../../../src/packages/seed-default-package.ts';
import { MODELS_FOLDER } from '../../../src/services/models-folder.ts';
import { openTestDatabase } from '../../helper/test-database.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

test('the default pair is found from any folder of data, also in a store that had it elsewhere', async () => {
  const database = await openTestDatabase();
  const repository = createPackageRepository(database);
  const seed = () => seedDefaultPackage({ repository, modelsFolder: MODELS_FOLDER, now: () => 0 });
  await seed();
  const old = '../../usr/lib/node_modules/paperdesk/models';
  await repository.update('ppo_v1', {
    ...{ forecast_rel_path: `${old}/forecast_model.pt`, ppo_rel_path: `${old}/ppo_policy_final.zip` },
    ...{ scaler_rel_path: `${old}/scaler.json`, status: 'READY', warmup_status: 'DONE' },
  });
  await seed();

  const model = (await repository.find('ppo_v1'))!;
  expect(model).toMatchObject({ status: 'READY', warmUpStatus: 'DONE' });
  vi.stubEnv('PAPERDESK_HOME', join(MODELS_FOLDER, '..', 'data', 'far', 'away'));
  vi.resetModules();
  const { localPathOf } = await import('../../../src/packages/stored-file.ts');
  expect([model.forecast, model.policy, model.scaler!].map(localPathOf)).toEqual([
    join(MODELS_FOLDER, 'forecast_model.pt'),
    join(MODELS_FOLDER, 'ppo_policy_final.zip'),
    join(MODELS_FOLDER, 'scaler.json'),
  ]);
});
