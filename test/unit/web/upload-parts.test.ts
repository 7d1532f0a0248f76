import { expect, test } from 'vitest';
import { nameFor, partOf } from '../../../src/web/views/packages/upload/parts.ts';

test.each([
  ['forecast_model.pt', 'x', 'forecast_model'],
  ['BEST.PT', 'x', 'forecast_model'],
  ['policy.final.zip', 'x', 'ppo_model'],
  ['scaler.pkl', 'x', 'scaler'],
  ['scaler.joblib', 'x', 'scaler'],
  ['anything.json', '{"mean": [0], "scale": [1], "feature_order": ["ret_1"]}', 'scaler'],
  ['scaler.json', '{"symbol": "BTCUSDT"}', 'manifest'],
  ['scaler.json', 'not JSON', 'scaler'],
  ['manifest.json', 'not JSON', 'manifest'],
  ['manifest.json', 'null', 'manifest'],
  [
    'vecnormalize.pkl',
    '\x80\x04stable_baselines3.common.vec_env.vec_normalize\x94VecNormalize',
    'vec_normalize',
  ],
  ['any.json', '{"format": "paperdesk-proof/1", "cases": []}', 'proof'],
  ['my_proof.json', '{"cases": [], "format": "unknown"}', 'proof'],
  ['waterproof_scaler.json', '{"mean": [0], "scale": [1]}', 'scaler'],
  ['model.onnx', 'x', undefined],
  ['README', 'x', undefined],
  ['.pt', 'x', 'forecast_model'],
])('%s containing %s becomes %s', async (name, content, part) => {
  expect(await partOf(new File([content], name))).toBe(part);
});

test.each([
  { folder: 'run_42', files: ['forecast_model.pt'], name: 'run_42' },
  { folder: 'models', files: ['forecast_model.pt', 'ppo_policy_final.zip'], name: 'models' },
  { folder: undefined, files: ['forecast_model.pt', 'ppo_policy_final.zip'], name: '' },
  { folder: undefined, files: ['forecast_model.pt', 'sunrise-7.zip'], name: 'sunrise-7' },
  { folder: undefined, files: ['vec_normalize.pkl', 'proof.json'], name: '' },
  { folder: 'model', files: ['best.v3.pt'], name: 'best.v3' },
])('the package of $files in $folder is named "$name"', ({ folder, files, name }) => {
  expect(nameFor(folder, files)).toBe(name);
});
