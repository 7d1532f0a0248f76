import { PIPELINE_DEFAULTS } from '../dimensions.ts';
import type {
  FeatureScaler,
  ForecasterShape,
  PolicyFile,
  VecNormalizeStatistics,
} from '../formats/model-files.ts';
import { shortened } from '../runtime/shortened.ts';
import type { Faults } from './faults.ts';
import { warmUpRowsOf } from './features/feature-rows.ts';
import { FEATURE_SETS, type NamedFeatureSet } from './features/feature-sets.ts';
import type { PackageManifest } from './manifest.ts';
import { blockSizes, OBSERVATION_BLOCKS, type ObservationBlock } from './observation-blocks.ts';
import type { ResolvedFeatures } from './resolve-features.ts';
import { scalerWidth } from './scaler.ts';
import type { UploadedManifest } from './uploaded-manifest.ts';

/** Checks whether a manifest and the files of its package fit together; each contradiction is a fault. */

/** What the files of a package say about its pipeline. */
export interface PipelineFiles {
  /** Undefined when it cannot be read; the same holds for the others. */
  readonly forecaster: ForecasterShape | undefined;
  readonly policy: Pick<PolicyFile, 'activation' | 'hidden' | 'observationSize' | 'actionSize'> | undefined;
  /** What the policy expects; may also be known of a policy that cannot be computed with. */
  readonly observationSize: number | undefined;
  readonly scaler: FeatureScaler | undefined;
  /** Also true of a scaler that cannot be read. */
  readonly hasScaler: boolean;
  readonly vecNormalize: VecNormalizeStatistics | undefined;
}

/** The heads must divide d_model. */
export function checkHeads(heads: number, dModel: number, faults: Faults): void {
  if (dModel % heads === 0) return;
  faults.add(
    'HEADS',
    `d_model ${dModel} cannot be divided among ${heads} attention heads; set n_heads in manifest.json ` +
      `(${PIPELINE_DEFAULTS.heads} by default).`,
  );
}

/** Fields that a manifest need not have, because the files say them. */
export function checkDeclaredShapes(
  uploaded: UploadedManifest,
  { forecaster, policy }: PipelineFiles,
  faults: Faults,
): void {
  const fromFiles = {
    forecast_horizon_steps: forecaster?.horizon,
    d_model: forecaster?.dModel,
    layers: forecaster?.layers,
    patch_len: forecaster?.patchLength,
    parameters: forecaster?.parameters,
    policy_layers: policy?.hidden.map((layer) => layer.outputs),
    policy_activation: policy?.activation,
    observation_size: policy?.observationSize,
    action_size: policy?.actionSize,
  };
  for (const [field, value] of Object.entries(fromFiles)) {
    const declared = uploaded[field];
    if (value === undefined || declared === undefined) continue;
    if (JSON.stringify(declared) === JSON.stringify(value)) continue;
    faults.add(
      'MANIFEST_MISMATCH',
      `manifest.json says ${field} is ${shortText(declared)}, but the files say ${shortText(value)}.`,
    );
  }
}

/** What would make a number fit, as the end of a sentence: a named set, or else what `otherwise` says. */
function hint(
  makes: (names: readonly string[]) => boolean,
  what: string,
  otherwise = 'list those of the models in feature_order, with feature_set "custom"',
): string {
  const set = (Object.keys(FEATURE_SETS) as NamedFeatureSet[]).find((name) => makes(FEATURE_SETS[name]));
  return set === undefined ? `; ${otherwise}.` : `; with feature_set "${set}" ${what}.`;
}

/** The forecast model and a scaler without names must have as many features as the pipeline. */
export function checkFeatureCounts(
  { set, names }: ResolvedFeatures,
  { forecaster, scaler }: PipelineFiles,
  faults: Faults,
): void {
  const count = names.length;
  if (forecaster !== undefined && forecaster.features !== count) {
    const makes = hint((other) => other.length === forecaster.features, `there are ${forecaster.features}`);
    faults.add(
      'FEATURE_COUNT',
      `The forecast model takes ${forecaster.features} features; ${set} has ${count}${makes}`,
    );
  }
  if (scaler !== undefined && scaler.featureOrder === undefined && scalerWidth(scaler) !== count) {
    const width = scalerWidth(scaler);
    const makes = hint((other) => other.length === width, `there are ${width}`);
    faults.add('SCALER_FEATURES', `The scaler was fitted on ${width} features; ${set} has ${count}${makes}`);
  }
}

/** What to change where no named set has as many observations as the policy expects. */
function otherBlocks(features: number, expected: number): string {
  const sizes = blockSizes(features);
  const subsets = Array.from({ length: 2 ** OBSERVATION_BLOCKS.length - 1 }, (_, index) =>
    OBSERVATION_BLOCKS.filter((_block, position) => ((index + 1) >> position) & 1),
  );
  const fitting = subsets.find((blocks) => blocks.reduce((sum, block) => sum + sizes[block], 0) === expected);
  return fitting === undefined
    ? 'feature_order and observation in manifest.json say what it observes'
    : `with observation ${JSON.stringify(fitting)} in manifest.json they make ${expected}`;
}

/** pipelines.md#12, pipelines.md#13. */
export function checkObservationSize(
  { names }: ResolvedFeatures,
  observation: readonly ObservationBlock[],
  { observationSize: expected, vecNormalize }: PipelineFiles,
  faults: Faults,
): void {
  const sizesOf = (count: number) => observation.map((block) => blockSizes(count)[block]);
  const sum = (sizes: readonly number[]) => sizes.reduce((total, size) => total + size, 0);
  const sizes = sizesOf(names.length);
  const size = sum(sizes);
  if (expected === undefined) return;
  if (expected !== size) {
    const makes = hint(
      (other) => sum(sizesOf(other.length)) === expected,
      `they make ${expected}`,
      otherBlocks(names.length, expected),
    );
    const { core28 } = FEATURE_SETS;
    const cut =
      expected < size &&
      sum(sizesOf(core28.length)) === expected &&
      core28.every((name, position) => names[position] === name);
    faults.add(
      'OBSERVATION_SIZE',
      `The policy expects ${expected} observations; ${sizes.join(' + ')} (${observation.join(', ')}) make ${size}` +
        (cut
          ? `. The policy reads only the first ${core28.length} of ${names.length} features; train it on all ` +
            'of them, because no feature is left out.'
          : makes),
    );
  }
  const normalizedSize = vecNormalize?.observations?.mean.length ?? expected;
  if (normalizedSize !== expected) {
    faults.add(
      'OBSERVATION_SIZE',
      `vec_normalize was fitted on ${normalizedSize} observations, but the policy expects ${expected}; upload the file ` +
        'that was saved with this policy.',
    );
  }
}

/** The service's own scaler fits one list of features on one timeframe. */
export function checkDefaultScaler(
  { set }: ResolvedFeatures,
  decisionTimeframe: PackageManifest['decision_tf'],
  faults: Faults,
): void {
  const { featureSet, decisionTimeframe: defaultTimeframe } = PIPELINE_DEFAULTS;
  if (set === featureSet && decisionTimeframe === defaultTimeframe) return;
  faults.add(
    'SCALER_FEATURES',
    `The package has no scaler, and the service's own was fitted on ${featureSet} of ${defaultTimeframe} candles; it cannot ` +
      `scale ${set} of ${decisionTimeframe} candles. Upload the scaler the models were trained with.`,
  );
}

/** pipelines.md#9. */
export function checkHistory(
  historyCandles: number,
  { features }: ResolvedFeatures,
  lookback: number,
  faults: Faults,
): void {
  const warmUpRows = warmUpRowsOf(features);
  const needed = warmUpRows + lookback;
  if (historyCandles >= needed) return;
  faults.add(
    'MANIFEST_INVALID',
    `history_candles is ${historyCandles}; the longest warm-up of the features (${warmUpRows}) and lookback_steps ` +
      `(${lookback}) need ${needed}. Set history_candles in manifest.json.`,
  );
}

/** Quantiles of a feature that the models do not read would never be compared with anything. */
export function checkQuantileNames(
  { feature_quantiles: quantiles = {} }: UploadedManifest,
  names: readonly string[],
  faults: Faults,
): void {
  const unknown = Object.keys(quantiles).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  faults.add(
    'MANIFEST_MISMATCH',
    `manifest.json has feature_quantiles of ${shortText(unknown)}, which is none of the ${names.length} features of this ` +
      'package. Remove it.',
  );
}

/** A value from a manifest, short enough for an error message. */
function shortText(value: unknown): string {
  return shortened(JSON.stringify(value) ?? 'nothing', 200);
}
