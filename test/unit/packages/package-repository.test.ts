import { beforeEach, expect, test } from 'vitest';
import type { Database } from '../../../src/db/connection.ts';
import { createReadRevisions } from '../../../src/db/revisions.ts';
import { createPackageRepository, type PackageRepository } from '../../../src/packages/package-repository.ts';
import { createPackageRegistry, type RegistryDependencies } from '../../../src/packages/registry.ts';
import { storedFiles } from '../../../src/packages/stored-file.ts';
import { openTestDatabase } from '../../helper/test-database.ts';

const MANIFEST = {
  decision_tf: '1h',
  intrabar_tf: '5m',
  lookback_steps: 256,
  history_candles: 600,
  forecast_horizon_steps: 24,
  forecast_quantiles: [0.05, 0.5, 0.95],
  forecast_features: 'fractions',
  feature_order: ['ret_1', 'ema_20_dist'],
  observation: ['core', 'account'],
  max_hold_steps: 48,
};

const ROW = {
  id: 'alpha',
  name: 'Alpha',
  forecast_rel_path: 'models/packages/alpha/forecast_model.pt',
  ppo_rel_path: 'models/packages/alpha/ppo_policy.zip',
  scaler_rel_path: null,
  status: 'UPLOADED',
  created_at: 1,
  warmup_required: 1,
  warmup_status: 'PENDING',
  warmup_completed_at: null,
  warmup_error: null,
  notes: null,
  manifest: JSON.stringify(MANIFEST),
  files: '[{"name": "forecast_model.pt", "size": 7, "sha256": "abc"}]',
} as const;

let database: Database;
let repository: PackageRepository;
const revision = () => createReadRevisions(database)('packages');

beforeEach(async () => {
  database = await openTestDatabase();
  repository = createPackageRepository(database);
});

test('every change of a package bumps the revision, reading does not', async () => {
  const changes: (() => Promise<unknown>)[] = [
    () => repository.insert(async () => ROW),
    () => repository.update('alpha', { status: 'READY' }),
    () => repository.remove({ id: 'alpha', createdAt: 1 }, async () => {}),
  ];
  for (const change of changes) {
    const before = await revision();
    await repository.list();
    expect(await revision()).toBe(before);
    await change();
    expect(await revision()).not.toBe(before);
  }
  expect(await repository.find('alpha')).toBeUndefined();
});

test('a row that cannot be created changes nothing, not even the revision', async () => {
  await repository.insert(async () => ROW);
  const before = await revision();
  const failed = repository.insert(async (ids) => {
    throw new Error(`no id besides ${[...ids]}`);
  });
  await expect(failed).rejects.toThrow('no id besides alpha');
  expect(await revision()).toBe(before);
});

test('a removal does not touch a package that took the id since', async () => {
  await repository.insert(async () => ROW);
  const before = async () => expect.unreachable();
  expect(await repository.remove({ id: 'alpha', createdAt: 0 }, before)).toBe(false);
  expect(await repository.find('alpha')).toBeDefined();
});

test('a package has the pipeline of its manifest', async () => {
  await repository.insert(async () => ROW);
  expect((await repository.find('alpha'))?.pipeline).toMatchObject({
    decisionTimeframe: '1h',
    intrabarTimeframe: '5m',
    features: [{ name: 'ret_1' }, { name: 'ema_20_dist' }],
    lookbackSteps: 256,
    horizonSteps: 24,
    observation: ['core', 'account'],
    observationSize: 2 + 9,
    maxHoldSteps: 48,
  });
});

test('the version names the content of the files and 8-bit weights in use', async () => {
  await repository.insert(async () => ROW);
  expect(await repository.find('alpha')).toMatchObject({
    version: 'abc',
    weights: 'float32',
    forecast: { location: ROW.forecast_rel_path, size: 7, sha256: 'abc' },
  });
  await repository.update('alpha', { compact_trial: '{"used": true}' });
  expect(await repository.find('alpha')).toMatchObject({ version: 'abc+int8', weights: 'int8' });
});

test('a file in an object store is found by its hash, also where another name has the same', async () => {
  const sha256 = 'c'.repeat(64);
  const forecast_rel_path = `s3:${sha256}/upload-1`;
  await repository.insert(async () => ({
    ...ROW,
    forecast_rel_path,
    files: JSON.stringify([...JSON.parse(ROW.files), { name: 'manifest.json', size: 9, sha256 }]),
  }));
  const model = (await repository.find('alpha'))!;
  expect(model.forecast).toEqual({ name: 'manifest.json', size: 9, sha256, location: forecast_rel_path });
  expect(storedFiles(model).map(({ location }) => location)).toEqual([
    's3:abc/upload-1',
    `s3:${sha256}/upload-1`,
  ]);
});

test('a package that another node restores before it is deleted stays', async () => {
  await repository.insert(async () => ({ ...ROW, status: 'ARCHIVED' }));
  const accounts = {
    async openLots() {
      await repository.update('alpha', { status: 'READY' });
      return new Map();
    },
  };
  const dependencies = { repository, accounts, store: {} } as unknown as RegistryDependencies;
  await expect(createPackageRegistry(dependencies).remove('alpha')).rejects.toMatchObject({
    code: 'PACKAGE_STATE',
    message: 'alpha is READY; only an archived package can be deleted. Archive it first.',
  });
  expect(await repository.find('alpha')).toMatchObject({ status: 'READY' });
});
