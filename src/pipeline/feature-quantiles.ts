import { z } from 'zod';
import { isJsonObject } from '../formats/json.ts';

/** Where the values of a feature lay in training: bin i has `shares[i]` of them, and is the i-th from below `edges`. */
export interface FeatureQuantiles {
  /** Increasing. */
  readonly edges: readonly number[];
  /** One more than edges; they sum to 1. */
  readonly shares: readonly number[];
}

const MAX_FEATURES = 1000;
const MAX_EDGES = 100;
/** Shares may be rounded to four digits. */
const SUM_TOLERANCE = 0.01;

/** `feature_quantiles` of a manifest, by the names of features (pipelines.md#29). */
export const featureQuantiles = z
  .custom<Readonly<Record<string, FeatureQuantiles>>>(isTable, {
    error:
      `must be {feature: {edges, shares}}: 1 to ${MAX_EDGES} increasing edges, and one share more than edges, ` +
      'each from 0 to 1 and together 1',
  })
  .refine((table) => Object.keys(table).length <= MAX_FEATURES, {
    error: `must have at most ${MAX_FEATURES} features`,
  });

function isTable(value: unknown): boolean {
  return isJsonObject(value) && Object.values(value).every(isFeatureQuantiles);
}

function isFeatureQuantiles(value: unknown): boolean {
  if (!isJsonObject(value) || !isNumbers(value.edges) || !isNumbers(value.shares)) return false;
  const { edges, shares } = value;
  if (edges.length < 1 || edges.length > MAX_EDGES || shares.length !== edges.length + 1) return false;
  const isIncreasing = edges.every((edge, index) => index === 0 || edge > edges[index - 1]!);
  const sum = shares.reduce((total, share) => total + share, 0);
  return isIncreasing && shares.every((share) => share >= 0) && Math.abs(sum - 1) <= SUM_TOLERANCE;
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'number' && Number.isFinite(item));
}
