import { z } from 'zod';
import { PaperdeskError } from '../errors.ts';
import type { PatchTstArchitecture, PolicyFile } from '../formats/model-files.ts';
import { CORE_FEATURES } from './core-features.ts';

/** Levels of the forecast's three columns where the manifest does not say otherwise. */
const DEFAULT_QUANTILES: readonly [number, number, number] = [0.1, 0.5, 0.9];

/** Attention heads where the manifest does not say otherwise. */
export const DEFAULT_HEADS = 4;

const quantileLevels = z
  .tuple([z.number(), z.number(), z.number()], { error: 'must be three numbers' })
  .refine(([low, mid, high]) => low > 0 && low < mid && mid < high && high < 1, {
    error: 'must be three increasing numbers between 0 and 1',
  });

/** Judged as a whole: a mistake for each of 100,000 entries takes half a second to write down. */
const names = z.custom<readonly string[]>(
  (value) => Array.isArray(value) && value.every((name) => typeof name === 'string'),
  { error: 'must be a list of names' },
);

/** What an upload may say about its files (packages.md#10); unknown fields are kept. */
const uploadedManifest = z.looseObject({
  decision_tf: z
    .literal('15m', { error: 'must be "15m": decisions are taken on 15-minute candles' })
    .optional(),
  lookback_steps: z.int().positive().optional(),
  forecast_horizon_steps: z.int().positive().optional(),
  forecast_quantiles: quantileLevels.optional(),
  quantiles: quantileLevels.optional(),
  feature_set: z
    .literal('core28', { error: 'must be "core28": the 28 core features are the only set' })
    .optional(),
  feature_order: names.optional(),
  n_heads: z.int().min(1).max(1024).optional(),
  model_tag: z.string().max(200).optional(),
  symbol: z
    .string()
    .regex(/^[A-Z0-9]{2,30}$/, { error: 'must be written like BTCUSDT' })
    .optional(),
  train_range: z.unknown().optional(),
});

export type UploadedManifest = z.infer<typeof uploadedManifest>;

/** What is known of a package: what its manifest said, completed and checked against its files. */
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
  /** Whether the package brought its scaler or uses the service's. */
  readonly scaler_source: 'package' | 'default';
  readonly [field: string]: unknown;
}

const MAX_MANIFEST_DEPTH = 32;
/** Mistakes that are told one by one. */
const MAX_MISTAKES = 20;

/**
 * Reads an uploaded `manifest.json`.
 * @throws JSON_MALFORMED, MANIFEST_INVALID (every wrong field in one sentence each)
 */
export function parseManifest(text: string): UploadedManifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new PaperdeskError('JSON_MALFORMED', `manifest.json is not JSON: ${(error as Error).message}.`);
  }
  if (depthOf(value) > MAX_MANIFEST_DEPTH) {
    throw new PaperdeskError(
      'MANIFEST_INVALID',
      `manifest.json is nested deeper than ${MAX_MANIFEST_DEPTH} levels.`,
    );
  }
  const result = uploadedManifest.safeParse(value);
  if (!result.success) {
    const mistakes = result.error.issues.map((issue) =>
      issue.path.length === 0 ? issue.message : `${issue.path.join('.')} ${issue.message}`,
    );
    const shown = mistakes.slice(0, MAX_MISTAKES).join('; ');
    const more = mistakes.length > MAX_MISTAKES ? `; and ${mistakes.length - MAX_MISTAKES} more` : '';
    throw new PaperdeskError('MANIFEST_INVALID', `manifest.json cannot be used: ${shown}${more}.`);
  }
  const { forecast_quantiles: levels, quantiles: alias } = result.data;
  if (levels !== undefined && alias !== undefined && levels.some((level, index) => level !== alias[index])) {
    throw new PaperdeskError(
      'MANIFEST_INVALID',
      `manifest.json gives forecast_quantiles ${list(levels)} and quantiles ${list(alias)}; they mean the same and must be equal.`,
    );
  }
  return result.data;
}

/**
 * Completes a manifest from the files it came with.
 * @throws MANIFEST_MISMATCH when it says something else than the files
 */
export function completeManifest(
  uploaded: UploadedManifest,
  architecture: PatchTstArchitecture,
  policy: Pick<PolicyFile, 'activation' | 'hidden' | 'observationSize' | 'actionSize'>,
  hasScaler: boolean,
): PackageManifest {
  const { quantiles, ...said } = uploaded;
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
    const fromManifest = said[field];
    if (fromManifest !== undefined && JSON.stringify(fromManifest) !== JSON.stringify(fromFiles)) {
      throw new PaperdeskError('MANIFEST_MISMATCH', mismatch(field, fromManifest, fromFiles));
    }
  }
  return {
    ...said,
    ...derived,
    decision_tf: '15m',
    feature_set: 'core28',
    forecast_quantiles: uploaded.forecast_quantiles ?? quantiles ?? DEFAULT_QUANTILES,
    symbol: uploaded.symbol ?? 'BTCUSDT',
    scaler_source: hasScaler ? 'package' : 'default',
  };
}

function mismatch(field: string, fromManifest: unknown, fromFiles: unknown): string {
  if (Array.isArray(fromManifest) && Array.isArray(fromFiles)) {
    const index = fromFiles.findIndex((value, position) => value !== fromManifest[position]);
    const at = index === -1 ? fromFiles.length : index;
    return (
      `manifest.json gives ${fromManifest.length} entries for ${field}, the files ${fromFiles.length}; ` +
      `at position ${at} it says ${inShort(fromManifest[at])} where ${inShort(fromFiles[at])} is needed.`
    );
  }
  return `manifest.json says ${field} is ${inShort(fromManifest)}, but the files say ${inShort(fromFiles)}.`;
}

/** A value of a manifest, fit for a sentence. */
function inShort(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length <= 200 ? text : `${text.slice(0, 200)}...`;
}

function list(levels: readonly number[]): string {
  return `[${levels.join(', ')}]`;
}

/** Levels of nesting; the walk is iterative, since hostile JSON may be deeper than the call stack. */
function depthOf(root: unknown): number {
  let level: unknown[] = [root];
  let depth = 0;
  while (level.length > 0 && depth <= MAX_MANIFEST_DEPTH) {
    depth += 1;
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    );
  }
  return depth;
}
