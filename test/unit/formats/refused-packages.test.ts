// promise: docs/writing-a-package.md, table "Refusals"

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { ErrorCode } from '../../../src/errors.ts';
import { memoryReader } from '../../../src/formats/byte-reader.ts';
import { validatePair } from '../../../src/packages/validate-pair.ts';
import { expectRefusal } from '../../helper/refusal.ts';

const folder = new URL('../../fixtures/packages/', import.meta.url);
const fixture = (path: string) => memoryReader(readFileSync(new URL(path, folder)));

/** packages.md#15: in place of a file of the package gamma, which declares nothing. */
const CODES: Record<string, ErrorCode> = {
  'forecast_whole_module.pt': 'PT_PICKLED_MODULE',
  'forecast_torchscript.pt': 'PT_TORCHSCRIPT',
  'forecast_legacy_format.pt': 'PT_LEGACY_FORMAT',
  'forecast_os_system.pt': 'PICKLE_FORBIDDEN_GLOBAL',
  'scaler_os_system.pkl': 'PICKLE_FORBIDDEN_GLOBAL',
  'forecast_30_features.pt': 'FEATURE_COUNT',
  'forecast_missing_tensor.pt': 'TENSOR_MISSING',
  'forecast_nan_weight.pt': 'WEIGHT_NOT_FINITE',
  'forecast_not_patchtst.pt': 'NOT_PATCHTST',
  'ppo_obs_74.zip': 'OBSERVATION_SIZE',
  'ppo_actions_3.zip': 'ACTION_SIZE',
  'ppo_discrete.zip': 'ACTION_SPACE',
  'scaler_20_features.pkl': 'SCALER_FEATURES',
};

function packageWith(name: string, manifest?: object) {
  const file = fixture(`refused/${name}`);
  return {
    forecast: name.startsWith('forecast') ? file : fixture('gamma/forecast_model.pt'),
    policy: name.startsWith('ppo') ? file : fixture('gamma/ppo_policy.zip'),
    scaler: name.startsWith('scaler') ? file : fixture('gamma/scaler.pkl'),
    manifest: manifest && memoryReader(Buffer.from(JSON.stringify(manifest))),
    vecNormalize: undefined,
  };
}

const FITTING = ['forecast_horizon_16.pt'];

test.each(readdirSync(new URL('refused/', folder)).filter((name) => !FITTING.includes(name)))(
  '%s is refused with its code',
  async (name) => {
    await expectRefusal(() => validatePair(packageWith(name)), CODES[name] as ErrorCode);
    expect(existsSync('pwned-by-a-pickle')).toBe(false);
  },
);

test('a horizon of 16 steps is refused only where another one is declared', async () => {
  const { manifest } = await validatePair(packageWith('forecast_horizon_16.pt'));
  expect(manifest).toMatchObject({ forecast_horizon_steps: 16, forecast_features: 'fractions' });
  await expectRefusal(
    () => validatePair(packageWith('forecast_horizon_16.pt', { forecast_horizon_steps: 192 })),
    'MANIFEST_MISMATCH',
    /forecast_horizon_steps is 192, but the files say 16/,
  );
});

test('74 observations and 30 features fit each other', async () => {
  const files = {
    ...packageWith('forecast_30_features.pt', { feature_set: 'train30' }),
    policy: fixture('refused/ppo_obs_74.zip'),
    scaler: fixture('delta/scaler.pkl'),
  };
  expect((await validatePair(files)).manifest).toMatchObject({
    feature_set: 'train30',
    observation_size: 74,
  });
});

test('faults of several files are named at once, the policy first', async () => {
  const files = {
    ...packageWith('ppo_discrete.zip'),
    forecast: fixture('refused/forecast_not_patchtst.pt'),
    scaler: fixture('refused/scaler_os_system.pkl'),
  };
  await expectRefusal(
    () => validatePair(files),
    'ACTION_SPACE',
    /is a Discrete.*not a PatchTST state dict.*The scaler/,
  );
});
