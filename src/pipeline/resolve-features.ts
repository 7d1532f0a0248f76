import { PIPELINE_DEFAULTS } from '../dimensions.ts';
import type { Faults } from './faults.ts';
import { type Feature, featureNamed } from './features/catalogue.ts';
import {
  FEATURE_SETS,
  type FeatureSet,
  featureSetOf,
  type NamedFeatureSet,
} from './features/feature-sets.ts';
import type { UploadedManifest } from './uploaded-manifest.ts';

/** Most features of a pipeline. */
const MAX_FEATURES = 1000;
/** Rows that all features together may read for each row: more would take seconds for a decision. */
const MAX_ROWS_READ = 50_000;

/** The features that a package computes with, and the name of their list. */
export interface ResolvedFeatures {
  readonly set: FeatureSet;
  readonly names: readonly string[];
  readonly features: readonly Feature[];
}

/**
 * The features that a manifest and a scaler declare (pipelines.md#6 to pipelines.md#8). Where both name them, they must
 * agree.
 * @param scalerNames the names in the scaler, where it has them
 * @param faults gets MANIFEST_INVALID, MANIFEST_MISMATCH, SCALER_FEATURES
 * @returns null when a fault leaves no list
 */
export function resolveFeatures(
  { feature_set: set, feature_order: order }: UploadedManifest,
  scalerNames: readonly string[] | undefined,
  faults: Faults,
): ResolvedFeatures | null {
  const named =
    set ?? (order === undefined ? undefined : (namedSetOf(order) ?? PIPELINE_DEFAULTS.featureSet));
  const names = declaredNames(named, order, scalerNames, faults);
  if (names === null) return null;
  if (named !== undefined && named !== 'custom' && order !== undefined) {
    const owner = `manifest.json's feature_order`;
    compareNames(order, names, owner, `"${named}"`, 'MANIFEST_MISMATCH', faults);
  }
  if (scalerNames !== undefined) {
    compareNames(scalerNames, names, 'the scaler', featureSetOf(names), 'SCALER_FEATURES', faults);
  }
  const features = knownFeatures(names, faults);
  return features && { set: featureSetOf(names), names, features };
}

function declaredNames(
  set: FeatureSet | undefined,
  order: readonly string[] | undefined,
  scalerNames: readonly string[] | undefined,
  faults: Faults,
): readonly string[] | null {
  if (set !== undefined && set !== 'custom') return FEATURE_SETS[set];
  if (order !== undefined) return order;
  if (set === 'custom') {
    if (scalerNames === undefined) {
      faults.add(
        'MANIFEST_INVALID',
        'manifest.json has feature_set "custom" but no feature_order, and the scaler does not name its columns; list ' +
          'the features in the order the models read them.',
      );
    }
    return scalerNames ?? null;
  }
  const namedByScaler = scalerNames === undefined ? undefined : namedSetOf(scalerNames);
  return FEATURE_SETS[namedByScaler ?? PIPELINE_DEFAULTS.featureSet];
}

/** The set that these names are, unless they are a custom list. */
function namedSetOf(names: readonly string[]): NamedFeatureSet | undefined {
  const set = featureSetOf(names);
  return set === 'custom' ? undefined : set;
}

function compareNames(
  found: readonly string[],
  expected: readonly string[],
  owner: string,
  list: string,
  code: 'MANIFEST_MISMATCH' | 'SCALER_FEATURES',
  faults: Faults,
): void {
  const index = expected.findIndex((name, position) => found[position] !== name);
  if (index === -1 && found.length === expected.length) return;
  const at = index === -1 ? expected.length : index;
  const [ours, theirs] = [found[at], expected[at]].map((name) =>
    name === undefined ? 'nothing' : JSON.stringify(name.slice(0, 80)),
  );
  faults.add(
    code,
    `At position ${at} of ${found.length} features ${owner} has ${ours} where ${list} has ${theirs}; with feature_set ` +
      '"custom" and a feature_order in manifest.json a package may have any features in any order.',
  );
}

/** @returns null with a fault */
function knownFeatures(names: readonly string[], faults: Faults): Feature[] | null {
  if (names.length === 0 || names.length > MAX_FEATURES) {
    faults.add(
      'MANIFEST_INVALID',
      `manifest.json has ${names.length} features in feature_order; 1 to ${MAX_FEATURES} are accepted.`,
    );
    return null;
  }
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) {
    faults.add(
      'MANIFEST_INVALID',
      `manifest.json has ${JSON.stringify(repeated.slice(0, 80))} twice in feature_order.`,
    );
    return null;
  }
  const features = names
    .map((name) => faults.catch(() => featureNamed(name)))
    .filter((feature) => feature !== undefined);
  const rowsRead = features.reduce(
    (sum, { family, parameters }) => sum + (family.rowsRead?.(parameters) ?? 0),
    0,
  );
  if (rowsRead > MAX_ROWS_READ) {
    faults.add(
      'MANIFEST_INVALID',
      `The periods of the features "cci_N" add up to ${rowsRead}; at most ${MAX_ROWS_READ} are accepted.`,
    );
    return null;
  }
  return features.length === names.length ? features : null;
}
