// promise: docs/writing-a-package.md "decision_tf"
// promise: docs/writing-a-package.md "intrabar_tf"
// promise: docs/writing-a-package.md "lookback_steps"
// promise: docs/writing-a-package.md "stride"
// promise: docs/writing-a-package.md "forecast_horizon_steps"
// promise: docs/writing-a-package.md "forecast_quantiles"
// promise: docs/writing-a-package.md "feature_set"
// promise: docs/writing-a-package.md "feature_order"
// promise: docs/writing-a-package.md "forecast_features"
// promise: docs/writing-a-package.md "observation"
// promise: docs/writing-a-package.md "max_hold_steps"
// promise: docs/writing-a-package.md "history_candles"
// promise: docs/writing-a-package.md "n_heads"
// promise: docs/writing-a-package.md "symbol"
// promise: docs/writing-a-package.md "feature_quantiles"
// promise: docs/writing-a-package.md "model_tag"

import { describe, expect, test } from 'vitest';
import { PaperdeskError } from '../../../src/errors.ts';
import type { ForecasterShape } from '../../../src/formats/model-files.ts';
import { Faults } from '../../../src/pipeline/faults.ts';
import { FEATURE_SETS } from '../../../src/pipeline/features/feature-sets.ts';
import type { PipelineFiles } from '../../../src/pipeline/pair-checks.ts';
import { pipelineOf } from '../../../src/pipeline/pipeline.ts';
import { type ResolvedManifest, resolveManifest } from '../../../src/pipeline/resolve-manifest.ts';
import { parseManifest } from '../../../src/pipeline/uploaded-manifest.ts';

const { core28, train30 } = FEATURE_SETS;

const FORECASTER: ForecasterShape = {
  features: 28,
  horizon: 192,
  patchLength: 16,
  patches: 32,
  dModel: 16,
  layers: 2,
  feedForward: 64,
  hidden: 32,
  parameters: 485_136,
};
const POLICY = { activation: 'tanh', hidden: [], observationSize: 72, actionSize: 5 } as const;

const refusal = (code: string, text: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(text) });

interface Sizes {
  readonly forecaster?: Partial<ForecasterShape>;
  readonly observations?: number;
  /** Width of the scaler or the names in it; null for none. */
  readonly scaler?: number | readonly string[] | null;
  /** Numbers that a VecNormalize was fitted on. */
  readonly normalized?: number;
}

function filesOf({ forecaster, observations = 72, scaler, normalized }: Sizes): PipelineFiles {
  const features = forecaster?.features ?? 28;
  const names = typeof scaler === 'object' && scaler !== null ? scaler : undefined;
  const width = names?.length ?? (typeof scaler === 'number' ? scaler : features);
  const statistics = { epsilon: 1e-8, clip: 10, count: 5 };
  return {
    forecaster: { ...FORECASTER, ...forecaster },
    policy: { ...POLICY, observationSize: observations },
    scaler:
      scaler === null
        ? undefined
        : {
            mean: new Float64Array(width),
            scale: new Float64Array(width).fill(1),
            ...(names === undefined ? {} : { featureOrder: names }),
          },
    observationSize: observations,
    hasScaler: scaler !== null,
    vecNormalize:
      normalized === undefined
        ? undefined
        : {
            observations: {
              ...statistics,
              mean: new Float64Array(normalized),
              variance: new Float64Array(normalized).fill(1),
            },
          },
  };
}

/** @throws the refusal with all faults */
function complete(manifest: object, sizes: Sizes = {}): ResolvedManifest {
  const faults = new Faults();
  const resolved = resolveManifest(parseManifest(JSON.stringify(manifest)), filesOf(sizes), faults);
  faults.throwIfAny();
  return resolved!;
}

describe('a complete manifest', () => {
  test('has the default pipeline where nothing is declared', () => {
    const { manifest, warnings } = complete({});
    expect(manifest).toMatchObject({
      decision_tf: '15m',
      intrabar_tf: '3m',
      lookback_steps: 512,
      history_candles: 1500,
      forecast_horizon_steps: 192,
      forecast_quantiles: [0.1, 0.5, 0.9],
      forecast_features: 'steps',
      feature_set: 'core28',
      feature_order: core28,
      observation: ['core', 'forecast', 'account'],
      max_hold_steps: 192,
      n_heads: 4,
      symbol: 'BTCUSDT',
      d_model: 16,
      patch_len: 16,
      stride: 16,
      parameters: 485_136,
      observation_size: 72,
      action_size: 5,
      scaler_source: 'package',
      vec_normalize: null,
    });
    expect(warnings).toEqual([]);
    expect(pipelineOf(manifest)).toMatchObject({
      decisionMs: 900_000,
      intrabarMs: 180_000,
      warmUpRows: 672,
      forecastCandles: 1184,
      observationSize: 72,
    });
  });

  test('accepts quantiles as another name of forecast_quantiles, and candles of decision_tf', () => {
    const { manifest } = complete({ quantiles: [0.2, 0.5, 0.8], candles: '1h' });
    expect(manifest).toMatchObject({ forecast_quantiles: [0.2, 0.5, 0.8], decision_tf: '1h' });
    expect(manifest).not.toHaveProperty('quantiles');
    expect(manifest).not.toHaveProperty('candles');
    expect(complete({ quantiles: [0.2, 0.5, 0.8], forecast_quantiles: [0.2, 0.5, 0.8] })).toBeDefined();
  });

  test('passes unknown fields through', () => {
    expect(complete({ author: 'me', train: { epochs: 3 } }).manifest).toMatchObject({
      author: 'me',
      train: { epochs: 3 },
    });
  });

  test.each([
    ['5m', '1m'],
    ['15m', '3m'],
    ['30m', '5m'],
    ['1h', '5m'],
    ['2h', '15m'],
    ['4h', '15m'],
  ])('executes %s candles on %s candles by default', (decision, intrabar) => {
    expect(complete({ decision_tf: decision }).manifest.intrabar_tf).toBe(intrabar);
  });

  test('replaces an intrabar timeframe that does not divide, with a warning', () => {
    expect(complete({ decision_tf: '1h', intrabar_tf: '3m' })).toMatchObject({ warnings: [] });
    const { manifest, warnings } = complete({ decision_tf: '5m', intrabar_tf: '3m' });
    expect(manifest.intrabar_tf).toBe('1m');
    expect(warnings).toEqual([
      expect.stringMatching(/intrabar_tf "3m".*does not divide 5m candles.*"1m" is used/),
    ]);
  });

  test('warns where a recurrence still holds its first candle', () => {
    const features = { forecaster: { features: 1, patches: 1, patchLength: 16 }, observations: 45 };
    const manifest = {
      feature_set: 'custom',
      feature_order: ['ema_1000_dist'],
      lookback_steps: 16,
      history_candles: 1000,
    };
    expect(complete(manifest, features).warnings).toEqual([
      expect.stringMatching(/After 984 candles the first one still counts in ema_1000_dist \(14\.0 %\)/),
    ]);
  });

  test('knows the newest default of the training code', () => {
    const sizes = { forecaster: { features: 30, horizon: 16 }, observations: 74, scaler: train30 };
    const { manifest } = complete({ pipeline_version: 'arg_interface_v1', feature_set: 'train30' }, sizes);
    expect(manifest).toMatchObject({ forecast_features: 'fractions', forecast_horizon_steps: 16 });
    expect(complete({}, sizes).manifest.feature_set).toBe('train30');
  });

  test('counts fractions of 192 steps too where the training code wrote the manifest', () => {
    expect(complete({ pipeline_version: 'arg_interface_v1' }).manifest.forecast_features).toBe('fractions');
    expect(complete({ forecast_features: 'fractions' }).manifest.forecast_features).toBe('fractions');
  });

  test('takes the features of a custom package from its scaler', () => {
    const names = ['ret_8', 'rsi_7'];
    const sizes = { forecaster: { features: 2 }, observations: 46, scaler: names };
    expect(complete({ feature_set: 'custom' }, sizes).manifest).toMatchObject({
      feature_set: 'custom',
      feature_order: names,
    });
  });

  test('shows how observations are normalized', () => {
    expect(complete({}, { normalized: 72 }).manifest.vec_normalize).toEqual({
      norm_obs: true,
      clip_obs: 10,
      epsilon: 1e-8,
      count: 5,
    });
  });
});

describe('the stride', () => {
  test('is the only one that gives the patches, also with a remainder', () => {
    const forecaster = { patchLength: 24, patches: 32 };
    expect(complete({ lookback_steps: 336, stride: 10 }, { forecaster }).manifest.stride).toBe(10);
    expect(complete({ lookback_steps: 336 }, { forecaster }).manifest.stride).toBe(10);
  });

  test('must be declared where several give the patches', () => {
    const forecaster = { patchLength: 16, patches: 4 };
    expect(() => complete({}, { forecaster })).toThrow(
      refusal('LOOKBACK', /Every stride from 125 to 165 .* 512 steps into 4 patches of 16.*set stride/),
    );
    expect(complete({ stride: 130 }, { forecaster }).manifest.stride).toBe(130);
  });

  test('is the one that leaves no step over where several give the patches, with a warning', () => {
    const { manifest, warnings } = complete({}, { forecaster: { patchLength: 64, patches: 8 } });
    expect(manifest.stride).toBe(64);
    expect(warnings).toContainEqual(expect.stringMatching(/Every stride from 57 to 64 .*; 64 is used/));
    const declared = complete({ stride: 60 }, { forecaster: { patchLength: 64, patches: 8 } });
    expect(declared.manifest.stride).toBe(60);
    expect(declared.warnings.join()).not.toContain('stride');
  });

  test('may be any with one patch', () => {
    expect(complete({}, { forecaster: { patchLength: 500, patches: 1 } }).manifest.stride).toBe(13);
  });

  test.each([
    [{ stride: 8 }, {}, /stride 8.*makes 63 patches.*has 32/],
    [{ lookback_steps: 8 }, {}, /No whole stride cuts a lookback of 8 steps into 32 patches/],
    [{ lookback_steps: 256 }, { forecaster: { patches: 300 } }, /No whole stride/],
  ])('refuses %j', (manifest, sizes, text) => {
    expect(() => complete(manifest, sizes)).toThrow(refusal('LOOKBACK', text));
  });
});

describe('a package is refused, with the field that would make it fit,', () => {
  test.each<[string, object, Sizes, string, RegExp]>([
    [
      '30 features without a name',
      {},
      { forecaster: { features: 30 }, observations: 74, scaler: 30 },
      'FEATURE_COUNT',
      /takes 30 features; core28 has 28; with feature_set "train30" there are 30.*fitted on 30 features.*expects 74 observations; 28 \+ 35 \+ 9 .*make 72; with feature_set "train30" they make 74/,
    ],
    [
      '74 observations',
      {},
      { observations: 74 },
      'OBSERVATION_SIZE',
      /expects 74 observations; 28 \+ 35 \+ 9.*make 72; with feature_set "train30" they make 74/,
    ],
    [
      '90 observations',
      {},
      { observations: 90 },
      'OBSERVATION_SIZE',
      /expects 90 observations.*feature_order and observation in manifest.json/,
    ],
    [
      'observations without the forecast',
      {},
      { observations: 37 },
      'OBSERVATION_SIZE',
      /expects 37 observations.*with observation \["core","account"\] in manifest.json they make 37/,
    ],
    [
      '30 features of which the policy reads 28',
      { feature_set: 'train30' },
      { forecaster: { features: 30 }, scaler: 30 },
      'OBSERVATION_SIZE',
      /expects 72 observations; 30 \+ 35 \+ 9.*make 74.*only the first 28 of 30 features; train it on all/,
    ],
    [
      'an observation without account values',
      { observation: ['core', 'forecast'] },
      {},
      'OBSERVATION_SIZE',
      /28 \+ 35 \(core, forecast\) make 63/,
    ],
    [
      'another horizon',
      { forecast_horizon_steps: 96 },
      {},
      'MANIFEST_MISMATCH',
      /forecast_horizon_steps is 96, but the files say 192/,
    ],
    ['another d_model', { d_model: 128 }, {}, 'MANIFEST_MISMATCH', /d_model is 128, but the files say 16/],
    [
      'steps with another horizon',
      { forecast_features: 'steps' },
      { forecaster: { horizon: 16 } },
      'MANIFEST_MISMATCH',
      /needs a horizon of 192 steps; the forecast model has 16. Use "fractions"/,
    ],
    [
      'core28 in another order',
      { feature_set: 'core28', feature_order: [...core28].reverse() },
      {},
      'MANIFEST_MISMATCH',
      /position 0 .*"time_to_next_funding_steps".*"ret_1"/,
    ],
    [
      'core28 without its last feature',
      { feature_set: 'core28', feature_order: core28.slice(0, 27) },
      {},
      'MANIFEST_MISMATCH',
      /position 27 of 27 features.*nothing/,
    ],
    [
      'more blocks of the observation than there are',
      { observation: Array.from({ length: 1000 }, () => 'x') },
      {},
      'MANIFEST_INVALID',
      /observation Too big/,
    ],
    [
      'custom features that nothing names',
      { feature_set: 'custom' },
      {},
      'MANIFEST_INVALID',
      /"custom" but no feature_order/,
    ],
    [
      'an unknown feature',
      { feature_set: 'custom', feature_order: ['ret_1', 'rsi14'] },
      {},
      'MANIFEST_INVALID',
      /no feature "rsi14".*"rsi_N"/,
    ],
    [
      'two unknown features',
      { feature_set: 'custom', feature_order: ['rsi14', 'magic'] },
      {},
      'MANIFEST_INVALID',
      /"rsi14".*"magic"/,
    ],
    [
      'a feature twice',
      { feature_set: 'custom', feature_order: ['ret_1', 'ret_1'] },
      {},
      'MANIFEST_INVALID',
      /"ret_1" twice/,
    ],
    [
      'no features',
      { feature_set: 'custom', feature_order: [] },
      {},
      'MANIFEST_INVALID',
      /0 features in feature_order/,
    ],
    [
      'names in the scaler that differ',
      { feature_set: 'core28' },
      { scaler: [...core28].reverse() },
      'SCALER_FEATURES',
      /position 0 .*the scaler has "time_to_next_funding_steps" where core28 has "ret_1"/,
    ],
    [
      'names in the scaler in another order, and no list',
      {},
      { scaler: [...core28].reverse() },
      'SCALER_FEATURES',
      /feature_set "custom" and a feature_order/,
    ],
    [
      'a scaler of 20 features',
      {},
      { scaler: 20 },
      'SCALER_FEATURES',
      /fitted on 20 features; core28 has 28/,
    ],
    [
      'no scaler at 1h',
      { decision_tf: '1h' },
      { scaler: null },
      'SCALER_FEATURES',
      /no scaler.*core28 of 15m candles.*Upload the scaler/,
    ],
    [
      'no scaler for train30',
      { feature_set: 'train30' },
      { forecaster: { features: 30 }, observations: 74, scaler: null },
      'SCALER_FEATURES',
      /no scaler/,
    ],
    ['5 heads', { n_heads: 5 }, {}, 'HEADS', /d_model 16 cannot be divided among 5.*n_heads/],
    [
      'a VecNormalize of another policy',
      {},
      { normalized: 74 },
      'OBSERVATION_SIZE',
      /fitted on 74 observations, but the policy expects 72/,
    ],
    [
      'a history that is too short',
      { history_candles: 1000 },
      {},
      'MANIFEST_INVALID',
      /history_candles is 1000.*\(672\).*\(512\) need 1184/,
    ],
    [
      'a warm-up beyond the default history',
      { feature_set: 'custom', feature_order: ['vol_2000'] },
      { forecaster: { features: 1 }, observations: 45 },
      'MANIFEST_INVALID',
      /history_candles is 1500.*\(2000\).*need 2512/,
    ],
  ])('%s', (_name, manifest, sizes, code, text) => {
    expect(() => complete(manifest, sizes)).toThrow(refusal(code, text));
  });

  test('with quantiles of a feature that it does not have', () => {
    const quantiles = { ret_1: { edges: [0], shares: [0.5, 0.5] } };
    expect(complete({ trials: 40, feature_quantiles: quantiles }).manifest).toMatchObject({
      trials: 40,
      feature_quantiles: quantiles,
    });
    expect(() => complete({ feature_quantiles: { ...quantiles, rsi_99: quantiles.ret_1 } })).toThrow(
      refusal('MANIFEST_MISMATCH', /feature_quantiles of "rsi_99", which is none of the 28/),
    );
  });

  test('with all of its faults at once', () => {
    const sizes = { forecaster: { features: 30 }, observations: 80, scaler: 20 };
    expect(() => complete({ n_heads: 5, d_model: 3 }, sizes)).toThrow(
      refusal('HEADS', /n_heads.*d_model is 3.*takes 30 features.*fitted on 20.*expects 80/),
    );
  });
});

describe('parseManifest', () => {
  test.each([
    ['{', 'JSON_MALFORMED', /not JSON/],
    ['[]', 'MANIFEST_INVALID', /object/],
    ['{"decision_tf": "3h"}', 'MANIFEST_INVALID', /decision_tf must be one of 5m, 15m, 30m, 1h, 2h, 4h/],
    ['{"intrabar_tf": "7m"}', 'MANIFEST_INVALID', /intrabar_tf must be one of 1m, 3m, 5m, 15m/],
    [
      '{"decision_tf": "1h", "candles": "4h"}',
      'MANIFEST_INVALID',
      /decision_tf "1h" and candles "4h".*must be equal/,
    ],
    ['{"feature_set": "core30"}', 'MANIFEST_INVALID', /must be one of core28, train30, custom/],
    ['{"forecast_horizon_steps": 1}', 'MANIFEST_INVALID', /forecast_horizon_steps/],
    ['{"forecast_features": "ratios"}', 'MANIFEST_INVALID', /must be one of steps, fractions/],
    [
      '{"observation": ["forecast", "core"]}',
      'MANIFEST_INVALID',
      /observation must have some of "core", "forecast"/,
    ],
    ['{"observation": ["core", "core"]}', 'MANIFEST_INVALID', /each once/],
    ['{"observation": []}', 'MANIFEST_INVALID', /observation/],
    ['{"max_hold_steps": 0}', 'MANIFEST_INVALID', /max_hold_steps/],
    ['{"history_candles": 20001}', 'MANIFEST_INVALID', /history_candles/],
    [
      '{"n_heads": 0, "symbol": "btc/usdt:btc"}',
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
    ['{"trials": 2.5}', 'MANIFEST_INVALID', /trials must be a whole number/],
    ['{"trials": -1}', 'MANIFEST_INVALID', /trials/],
    ['{"feature_quantiles": []}', 'MANIFEST_INVALID', /feature_quantiles must be \{feature/],
    [
      '{"feature_quantiles": {"ret_1": {"edges": [1, 1], "shares": [0.5, 0.2, 0.3]}}}',
      'MANIFEST_INVALID',
      /increasing/,
    ],
    [
      '{"feature_quantiles": {"ret_1": {"edges": [1, 2], "shares": [0.5, 0.5]}}}',
      'MANIFEST_INVALID',
      /one share more/,
    ],
    [
      '{"feature_quantiles": {"ret_1": {"edges": [1], "shares": [0.5, 0.6]}}}',
      'MANIFEST_INVALID',
      /together 1/,
    ],
    [
      '{"feature_quantiles": {"ret_1": {"edges": [1e999], "shares": [0.5, 0.5]}}}',
      'MANIFEST_INVALID',
      /edges/,
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
