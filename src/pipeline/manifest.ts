import { PaperdeskError } from '../errors.ts';
import type { PatchTstArchitecture, PolicyFile } from '../formats/model-files.ts';
import { CORE_FEATURES } from './core-features.ts';
import type { UploadedManifest } from './uploaded-manifest.ts';

const DEFAULT_QUANTILES: readonly [number, number, number] = [0.1, 0.5, 0.9];
const DEFAULT_SYMBOL = 'BTCUSDT';

/** A manifest that is complete and agrees with the package's files (packages.md#10 to packages.md#13). */
export interface PackageManifest {
  readonly decision_tf: '15m';
  readonly lookback_steps: number;
  readonly forecast_horizon_steps: number;
  readonly forecast_quantiles: readonly [number, number, number];
  readonly feature_set: 'core28';
  readonly feature_order: readonly string[];
  readonly n_heads: number;
  readonly symbol: string;
  readonly d_model: number;
  readonly layers: number;
  readonly patch_len: number;
  readonly stride: number;
  readonly parameters: number;
  readonly policy_layers: readonly number[];
  readonly policy_activation: string;
  readonly observation_size: number;
  readonly action_size: number;
  /** Whether the package has its own scaler or uses the service's. */
  readonly scaler_source: 'package' | 'default';
  readonly [field: string]: unknown;
}

/**
 * Completes a manifest from the files of its package.
 * @throws MANIFEST_MISMATCH when it contradicts the files
 */
export function completeManifest(
  uploaded: UploadedManifest,
  architecture: PatchTstArchitecture,
  policy: Pick<PolicyFile, 'activation' | 'hidden' | 'observationSize' | 'actionSize'>,
  hasScaler: boolean,
): PackageManifest {
  const { quantiles, ...declared } = uploaded;
  const derived = {
    lookback_steps: architecture.lookback,
    forecast_horizon_steps: architecture.horizon,
    feature_order: CORE_FEATURES,
    n_heads: architecture.heads,
    d_model: architecture.dModel,
    layers: architecture.layers,
    patch_len: architecture.patchLength,
    stride: architecture.stride,
    parameters: architecture.parameters,
    policy_layers: policy.hidden.map((layer) => layer.outputs),
    policy_activation: policy.activation,
    observation_size: policy.observationSize,
    action_size: policy.actionSize,
  } as const;
  for (const [field, fromFiles] of Object.entries(derived)) {
    const fromManifest = declared[field];
    if (fromManifest !== undefined && JSON.stringify(fromManifest) !== JSON.stringify(fromFiles)) {
      throw new PaperdeskError('MANIFEST_MISMATCH', mismatchSentence(field, fromManifest, fromFiles));
    }
  }
  return {
    ...declared,
    ...derived,
    decision_tf: '15m',
    feature_set: 'core28',
    forecast_quantiles: uploaded.forecast_quantiles ?? quantiles ?? DEFAULT_QUANTILES,
    symbol: uploaded.symbol ?? DEFAULT_SYMBOL,
    scaler_source: hasScaler ? 'package' : 'default',
  };
}

function mismatchSentence(field: string, fromManifest: unknown, fromFiles: unknown): string {
  if (Array.isArray(fromManifest) && Array.isArray(fromFiles)) {
    const index = fromFiles.findIndex((value, position) => value !== fromManifest[position]);
    const at = index === -1 ? fromFiles.length : index;
    return (
      `manifest.json has ${fromManifest.length} entries for ${field}, the files have ${fromFiles.length}; ` +
      `at position ${at} it says ${shortText(fromManifest[at])} where ${shortText(fromFiles[at])} is needed.`
    );
  }
  return `manifest.json says ${field} is ${shortText(fromManifest)}, but the files say ${shortText(fromFiles)}.`;
}

/** A value from a manifest, short enough for an error message. */
function shortText(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length <= 200 ? text : `${text.slice(0, 200)}...`;
}
