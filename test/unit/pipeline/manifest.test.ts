import { describe, expect, test } from 'vitest';
import { PaperdeskError } from '../../../src/errors.ts';
import type { PatchTstArchitecture } from '../../../src/formats/model-files.ts';
import { CORE_FEATURES } from '../../../src/pipeline/core-features.ts';
import { completeManifest } from '../../../src/pipeline/manifest.ts';
import { parseManifest } from '../../../src/pipeline/uploaded-manifest.ts';

const ARCHITECTURE: PatchTstArchitecture = {
  features: 28,
  lookback: 512,
  horizon: 192,
  quantiles: 3,
  patchLength: 16,
  stride: 16,
  patches: 32,
  dModel: 16,
  heads: 4,
  layers: 2,
  feedForward: 64,
  hidden: 32,
  parameters: 485_136,
};
const POLICY = { activation: 'tanh', hidden: [], observationSize: 72, actionSize: 5 } as const;

const refusal = (code: string, text: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(text) });

function complete(manifest: object) {
  return completeManifest(parseManifest(JSON.stringify(manifest)), ARCHITECTURE, POLICY, true);
}

describe('completeManifest', () => {
  test('adds what the files say', () => {
    expect(complete({})).toMatchObject({
      decision_tf: '15m',
      lookback_steps: 512,
      forecast_horizon_steps: 192,
      forecast_quantiles: [0.1, 0.5, 0.9],
      feature_order: CORE_FEATURES,
      n_heads: 4,
      symbol: 'BTCUSDT',
      d_model: 16,
      patch_len: 16,
      stride: 16,
      parameters: 485_136,
      observation_size: 72,
      action_size: 5,
      scaler_source: 'package',
    });
  });

  test('accepts quantiles as another name of forecast_quantiles', () => {
    expect(complete({ quantiles: [0.2, 0.5, 0.8] })).toMatchObject({ forecast_quantiles: [0.2, 0.5, 0.8] });
    expect(complete({ quantiles: [0.2, 0.5, 0.8] })).not.toHaveProperty('quantiles');
    expect(complete({ quantiles: [0.2, 0.5, 0.8], forecast_quantiles: [0.2, 0.5, 0.8] })).toBeDefined();
  });

  test('passes unknown fields through', () => {
    expect(complete({ author: 'me', train: { epochs: 3 } })).toMatchObject({
      author: 'me',
      train: { epochs: 3 },
    });
  });

  test.each([
    [{ lookback_steps: 256 }, /lookback_steps is 256, but the files say 512/],
    [{ forecast_horizon_steps: 96 }, /forecast_horizon_steps is 96, but the files say 192/],
    [{ d_model: 128 }, /d_model is 128, but the files say 16/],
    [{ feature_order: [...CORE_FEATURES].reverse() }, /position 0 .*"time_to_next_funding_steps".*"ret_1"/],
    [{ feature_order: CORE_FEATURES.slice(0, 27) }, /27 entries .* 28/],
  ])('refuses %j, which contradicts the files', (manifest, text) => {
    expect(() => complete(manifest)).toThrow(refusal('MANIFEST_MISMATCH', text));
  });
});

describe('parseManifest', () => {
  test.each([
    ['{', 'JSON_MALFORMED', /not JSON/],
    ['[]', 'MANIFEST_INVALID', /object/],
    ['{"decision_tf": "1h"}', 'MANIFEST_INVALID', /decision_tf must be "15m"/],
    ['{"feature_set": "core30"}', 'MANIFEST_INVALID', /core28/],
    [
      '{"n_heads": 0, "symbol": "btc/usdt"}',
      'MANIFEST_INVALID',
      /n_heads.*symbol must be written like BTCUSDT/,
    ],
    ['{"forecast_quantiles": [0.5, 0.1, 0.9]}', 'MANIFEST_INVALID', /increasing/],
    ['{"forecast_quantiles": [0, 0.5, 1]}', 'MANIFEST_INVALID', /between 0 and 1/],
    ['{"quantiles": [0.1, 0.5]}', 'MANIFEST_INVALID', /three numbers/],
    [
      '{"quantiles": [0.2,0.5,0.8], "forecast_quantiles": [0.1,0.5,0.9]}',
      'MANIFEST_INVALID',
      /must be equal/,
    ],
    [`{"a":${'['.repeat(1000)}${']'.repeat(1000)}}`, 'MANIFEST_INVALID', /nested deeper than 32/],
  ])('refuses %.60s', (text, code, message) => {
    expect(() => parseManifest(text)).toThrow(refusal(code, message));
  });

  test('is not fooled by prototype names', () => {
    const manifest = parseManifest('{"__proto__": {"n_heads": 8}, "constructor": 1}');
    expect(manifest.n_heads).toBeUndefined();
    expect(({} as { n_heads?: number }).n_heads).toBeUndefined();
  });

  test('throws only errors with a code', () => {
    expect(() => parseManifest('nonsense')).toThrow(PaperdeskError);
  });
});
