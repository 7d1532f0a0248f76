import type { DecisionTimeframe, IntrabarTimeframe } from '../candle.ts';
import { PIPELINE_DEFAULTS } from '../dimensions.ts';
import type { ForecasterShape, VecNormalizeStatistics } from '../formats/model-files.ts';
import type { Faults } from './faults.ts';
import { STEPS_HORIZON } from './forecast-features.ts';
import type { PackageManifest } from './manifest.ts';
import { OBSERVATION_BLOCKS } from './observation-blocks.ts';
import {
  checkDeclaredShapes,
  checkDefaultScaler,
  checkFeatureCounts,
  checkHeads,
  checkHistory,
  checkObservationSize,
  checkQuantileNames,
  type PipelineFiles,
} from './pair-checks.ts';
import { patchCount, possibleStrides } from './patch-layout.ts';
import { pipelineOf } from './pipeline.ts';
import { memoryWarning } from './pipeline-memory.ts';
import { resolveFeatures } from './resolve-features.ts';
import { defaultIntrabarTimeframe, divides } from './timeframes.ts';
import { trainRangeOf } from './train-range.ts';
import type { UploadedManifest } from './uploaded-manifest.ts';

/** A complete manifest, and what its owner should know. */
export interface ResolvedManifest {
  readonly manifest: PackageManifest;
  /** Sentences. */
  readonly warnings: readonly string[];
}

/**
 * Completes a manifest from the files of its package and the defaults (pipelines.md#1).
 * @param faults gets everything in which manifest and files contradict each other
 * @returns null when there is a fault
 */
export function resolveManifest(
  uploaded: UploadedManifest,
  files: PipelineFiles,
  faults: Faults,
): ResolvedManifest | null {
  const { forecaster, policy, scaler, hasScaler } = files;
  const features = resolveFeatures(uploaded, scaler?.featureOrder, faults);
  const decisionTimeframe = uploaded.decision_tf ?? uploaded.candles ?? PIPELINE_DEFAULTS.decisionTimeframe;
  const lookback = uploaded.lookback_steps ?? PIPELINE_DEFAULTS.lookbackSteps;
  const observation = uploaded.observation ?? OBSERVATION_BLOCKS;
  const historyCandles = uploaded.history_candles ?? PIPELINE_DEFAULTS.historyCandles;
  const heads = uploaded.n_heads ?? PIPELINE_DEFAULTS.heads;
  const stride = forecaster && resolveStride(uploaded.stride, forecaster, lookback, faults);
  if (forecaster !== undefined) checkHeads(heads, forecaster.dModel, faults);
  checkDeclaredShapes(uploaded, files, faults);
  const forecastFeatures = forecaster && resolveForecastFeatures(uploaded, forecaster.horizon, faults);
  if (features !== null) {
    checkFeatureCounts(features, files, faults);
    checkObservationSize(features, observation, files, faults);
    if (!hasScaler) checkDefaultScaler(features, decisionTimeframe, faults);
    checkHistory(historyCandles, features, lookback, faults);
    checkQuantileNames(uploaded, features.names, faults);
  }
  if (!faults.isEmpty || policy === undefined || forecaster === undefined) return null;
  if (features === null || stride == null || forecastFeatures === undefined) return null;

  const { quantiles, candles, ...declared } = uploaded;
  const manifest: PackageManifest = {
    ...declared,
    decision_tf: decisionTimeframe,
    intrabar_tf: intrabarTimeframeOf(uploaded.intrabar_tf, decisionTimeframe),
    lookback_steps: lookback,
    history_candles: historyCandles,
    forecast_horizon_steps: forecaster.horizon,
    forecast_quantiles: uploaded.forecast_quantiles ?? quantiles ?? PIPELINE_DEFAULTS.quantileLevels,
    forecast_features: forecastFeatures,
    feature_set: features.set,
    feature_order: features.names,
    observation,
    max_hold_steps: uploaded.max_hold_steps ?? PIPELINE_DEFAULTS.maxHoldSteps,
    n_heads: heads,
    symbol: uploaded.symbol ?? PIPELINE_DEFAULTS.symbol,
    d_model: forecaster.dModel,
    layers: forecaster.layers,
    patch_len: forecaster.patchLength,
    stride,
    parameters: forecaster.parameters,
    policy_layers: policy.hidden.map((layer) => layer.outputs),
    policy_activation: policy.activation,
    observation_size: policy.observationSize,
    action_size: policy.actionSize,
    scaler_source: hasScaler ? 'package' : 'default',
    vec_normalize: summaryOf(files.vecNormalize),
  };
  const warnings = [
    ...intrabarWarning(uploaded.intrabar_tf, manifest),
    ...strideWarning(uploaded.stride, forecaster, lookback),
    ...memoryWarning(pipelineOf(manifest)),
    ...trainRangeWarning(uploaded),
  ];
  return { manifest, warnings };
}

function intrabarTimeframeOf(
  declared: IntrabarTimeframe | undefined,
  decisionTimeframe: DecisionTimeframe,
): IntrabarTimeframe {
  return declared !== undefined && divides(declared, decisionTimeframe)
    ? declared
    : defaultIntrabarTimeframe(decisionTimeframe);
}

function intrabarWarning(
  declared: IntrabarTimeframe | undefined,
  { intrabar_tf, decision_tf }: PackageManifest,
): string[] {
  if (declared === undefined || declared === intrabar_tf) return [];
  return [
    `manifest.json has intrabar_tf "${declared}", which does not divide ${decision_tf} candles into ` +
      `at least 5; "${intrabar_tf}" is used.`,
  ];
}

function trainRangeWarning(uploaded: UploadedManifest): string[] {
  if (uploaded.train_range == null || trainRangeOf(uploaded) !== null) return [];
  return [
    'manifest.json has a train_range that does not consist of two dates, like "2022-01-01..2024-06-28": replays over ' +
      'the training cannot be marked.',
  ];
}

function summaryOf(statistics: VecNormalizeStatistics | undefined): PackageManifest['vec_normalize'] {
  if (statistics === undefined) return null;
  const { observations } = statistics;
  if (observations === undefined) return { norm_obs: false };
  const { clip, epsilon, count } = observations;
  return { norm_obs: true, clip_obs: clip, epsilon, count };
}

/** pipelines.md#5. @returns null with a fault */
function resolveStride(
  declared: number | undefined,
  forecaster: ForecasterShape,
  lookback: number,
  faults: Faults,
): number | null {
  const { patchLength, patches } = forecaster;
  const what = `${patches} patches of ${patchLength} steps`;
  if (declared !== undefined) {
    const count = patchCount(lookback, patchLength, declared);
    if (count === patches) return declared;
    faults.add(
      'LOOKBACK',
      `manifest.json has stride ${declared}, which makes ${count} patches of ${patchLength} steps from a lookback of ` +
        `${lookback}; the forecast model has ${patches}. Correct stride or lookback_steps.`,
    );
    return null;
  }
  const strides = possibleStrides(forecaster, lookback);
  if (strides !== null && (strides.smallest === strides.largest || leavesNoRest(forecaster, lookback))) {
    return strides.largest;
  }
  faults.add(
    'LOOKBACK',
    strides === null
      ? `No whole stride cuts a lookback of ${lookback} steps into ${what}; set lookback_steps in manifest.json to ` +
          'the steps the forecast model reads.'
      : `Every stride from ${strides.smallest} to ${strides.largest} cuts a lookback of ${lookback} steps into ${what}; ` +
          'set stride in manifest.json to the one the forecast model was trained with.',
  );
  return null;
}

/** Whether the largest stride that gives the patches lets them end with the lookback. */
function leavesNoRest({ patchLength, patches }: ForecasterShape, lookback: number): boolean {
  return (lookback - patchLength) % (patches - 1) === 0;
}

/** A stride that was taken although others would give the same patches is not hidden. */
function strideWarning(
  declared: number | undefined,
  forecaster: ForecasterShape,
  lookback: number,
): string[] {
  const strides = possibleStrides(forecaster, lookback);
  if (declared !== undefined || strides === null || strides.smallest === strides.largest) return [];
  const { smallest, largest } = strides;
  return [
    `Every stride from ${smallest} to ${largest} cuts a lookback of ${lookback} steps into ${forecaster.patches} patches of ` +
      `${forecaster.patchLength} steps; ${largest} is used, because only with it no step is left over. If the forecast ` +
      'model was trained with another one, upload it again with stride in manifest.json.',
  ];
}

/** pipelines.md#11. */
function resolveForecastFeatures(
  { forecast_features: declared, pipeline_version: version }: UploadedManifest,
  horizon: number,
  faults: Faults,
): PackageManifest['forecast_features'] {
  if (declared === 'steps' && horizon !== STEPS_HORIZON) {
    faults.add(
      'MANIFEST_MISMATCH',
      `manifest.json has forecast_features "steps", which needs a horizon of ${STEPS_HORIZON} steps; the forecast model ` +
        `has ${horizon}. Use "fractions".`,
    );
  }
  return declared ?? (version !== undefined || horizon !== STEPS_HORIZON ? 'fractions' : 'steps');
}
