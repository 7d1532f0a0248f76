import { field, type JsonObject, parseJsonObject } from '../json.ts';
import type { StandardScaler } from '../model-files.ts';
import { checkScaler, notScaler } from './scaler-values.ts';

/**
 * Reads `{feature_order, mean, scale}`; other fields are ignored (features.md#41).
 * @throws JSON_MALFORMED, NOT_SCALER, SCALER_FEATURES, SCALER_VALUE
 */
export function readScalerJson(bytes: Uint8Array, what: string): StandardScaler {
  const json = parseJsonObject(bytes, what);
  const mean = numbers(json, 'mean');
  const scale = numbers(json, 'scale');
  return checkScaler({ features: mean.length, mean, scale, featureOrder: names(json) });
}

function numbers(json: JsonObject, key: string): Float64Array {
  const values = field(json, key);
  if (!Array.isArray(values) || !values.every((value) => typeof value === 'number')) {
    throw notScaler(`is JSON without a list of numbers named ${key}`);
  }
  return Float64Array.from(values);
}

function names(json: JsonObject): readonly string[] | undefined {
  const values = field(json, 'feature_order');
  if (values === undefined || values === null) return undefined;
  if (!Array.isArray(values) || !values.every((value) => typeof value === 'string')) {
    throw notScaler('is JSON whose feature_order is not a list of names');
  }
  return values;
}
