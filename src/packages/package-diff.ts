import { isDeepStrictEqual } from 'node:util';
import type { FeatureScaler } from '../formats/model-files.ts';
import type { ModelPackage } from './model-package.ts';

export const DIFF_SECTIONS = ['architecture', 'pipeline', 'scaler', 'manifest', 'files'] as const;

/** One thing that two packages may differ in; a side that does not have it is null. */
export interface DiffRow {
  readonly section: (typeof DIFF_SECTIONS)[number];
  /** Unique in its section: a field of the manifest, a feature, or a file. */
  readonly path: string;
  readonly a: unknown;
  readonly b: unknown;
  readonly equal: boolean;
}

/** A package with the scaler that it computes with. */
export interface ComparedPackage {
  readonly model: Pick<ModelPackage, 'manifest' | 'files' | 'weights'>;
  readonly scaler: FeatureScaler;
}

const ARCHITECTURE: readonly string[] = [
  ...[
    'parameters',
    'd_model',
    'layers',
    'n_heads',
    'patch_len',
    'stride',
    'policy_layers',
    'policy_activation',
  ],
  ...['observation_size', 'action_size'],
];
const PIPELINE: readonly string[] = [
  ...['symbol', 'decision_tf', 'intrabar_tf', 'lookback_steps', 'history_candles', 'forecast_horizon_steps'],
  ...[
    'forecast_quantiles',
    'forecast_features',
    'feature_set',
    'feature_order',
    'observation',
    'vec_normalize',
  ],
  'max_hold_steps',
];

/** Two packages side by side, in the order of the sections. */
export function diffOfPackages(a: ComparedPackage, b: ComparedPackage): DiffRow[] {
  const [manifestA, manifestB] = [manifestOf(a), manifestOf(b)];
  const known = new Set([...ARCHITECTURE, ...PIPELINE]);
  const others = pathsOf(manifestA, manifestB).filter((field) => !known.has(field));
  const [scalerA, scalerB] = [scalerOf(a), scalerOf(b)];
  const [filesA, filesB] = [filesOf(a), filesOf(b)];
  return [
    ...rows('architecture', ARCHITECTURE, manifestA, manifestB),
    ...rows('pipeline', PIPELINE, manifestA, manifestB),
    ...rows('scaler', pathsOf(scalerA, scalerB), scalerA, scalerB),
    ...rows('manifest', others, manifestA, manifestB),
    ...rows('files', pathsOf(filesA, filesB), filesA, filesB),
  ];
}

type Side = ReadonlyMap<string, unknown>;

function pathsOf(a: Side, b: Side): string[] {
  return [...new Set([...a.keys(), ...b.keys()])];
}

function rows(section: DiffRow['section'], paths: readonly string[], a: Side, b: Side): DiffRow[] {
  return paths.map((path) => {
    const [left, right] = [a.get(path) ?? null, b.get(path) ?? null];
    return { section, path, a: left, b: right, equal: isDeepStrictEqual(left, right) };
  });
}

function manifestOf({ model }: ComparedPackage): Side {
  return new Map(Object.entries(model.manifest));
}

/** The numbers of each feature: mean and scale, or factor, offset and the range it is clipped into. */
function scalerOf({ model, scaler }: ComparedPackage): Side {
  const numbersOf = (index: number) =>
    'mean' in scaler
      ? { mean: scaler.mean[index], scale: scaler.scale[index] }
      : { factor: scaler.factor[index], offset: scaler.offset[index], clip: scaler.clip ?? null };
  return new Map(model.manifest.feature_order.map((feature, index) => [feature, numbersOf(index)]));
}

/** SHA-256 by file, and the form of the weights. */
function filesOf({ model }: ComparedPackage): Side {
  return new Map([
    ...model.files.map(({ name, sha256 }) => [name, sha256] as const),
    ['weights', model.weights] as const,
  ]);
}
