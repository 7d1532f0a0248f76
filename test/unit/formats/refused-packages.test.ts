import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { ErrorCode } from '../../../src/errors.ts';
import { type ByteReader, memoryReader } from '../../../src/formats/byte-reader.ts';
import { readPolicy } from '../../../src/formats/sb3/read-policy.ts';
import { readScaler } from '../../../src/formats/sklearn/read-scaler.ts';
import { checkWeightsFinite } from '../../../src/formats/torch/check-weights.ts';
import { readForecaster } from '../../../src/formats/torch/read-forecaster.ts';
import { expectRefusal } from '../../helper/refusal.ts';

const folder = new URL('../../fixtures/packages/refused/', import.meta.url);

/** packages.md#15. */
const CODES: Record<string, ErrorCode> = {
  'forecast_whole_module.pt': 'PT_PICKLED_MODULE',
  'forecast_torchscript.pt': 'PT_TORCHSCRIPT',
  'forecast_legacy_format.pt': 'PT_LEGACY_FORMAT',
  'forecast_os_system.pt': 'PICKLE_FORBIDDEN_GLOBAL',
  'scaler_os_system.pkl': 'PICKLE_FORBIDDEN_GLOBAL',
  'forecast_30_features.pt': 'FEATURE_COUNT',
  'forecast_horizon_16.pt': 'HORIZON',
  'forecast_missing_tensor.pt': 'TENSOR_MISSING',
  'forecast_nan_weight.pt': 'WEIGHT_NOT_FINITE',
  'forecast_not_patchtst.pt': 'NOT_PATCHTST',
  'ppo_obs_74.zip': 'OBSERVATION_SIZE',
  'ppo_actions_3.zip': 'ACTION_SIZE',
  'ppo_discrete.zip': 'ACTION_SPACE',
  'scaler_20_features.pkl': 'SCALER_FEATURES',
};

async function readAny(name: string, reader: ByteReader): Promise<unknown> {
  if (name.startsWith('ppo')) return readPolicy(reader);
  if (name.startsWith('scaler')) return readScaler(reader);
  const { weights } = await readForecaster(reader);
  return checkWeightsFinite(reader, weights);
}

test.each(readdirSync(folder))('%s is refused with its code', async (name) => {
  const reader = memoryReader(readFileSync(new URL(name, folder)));
  await expectRefusal(() => readAny(name, reader), CODES[name] as ErrorCode);
  expect(existsSync('pwned-by-a-pickle')).toBe(false);
});
