import { PaperdeskError } from '../../../errors.ts';
import type { FactorGroup } from '../../../factor-models/factor-group.ts';
import type { PredictRow } from './schema.ts';

/** Takes 20 MB; a row by name takes as much memory as a complete row. */
const MAX_VALUES = 5_000_000;

/**
 * Rows of a request as the model takes them: row-major [n, features], NaN for missing values.
 * @throws FACTOR_ROWS_INVALID for a row of the wrong length, or a name that is no factor
 */
export function matrixOf(rows: readonly PredictRow[], { key, factors, model }: FactorGroup): Float32Array {
  const features = model!.facts.featureDim;
  if (rows.length * features > MAX_VALUES) {
    throw new PaperdeskError(
      'FACTOR_ROWS_INVALID',
      `${rows.length} rows of ${features} factors make ${rows.length * features} values; a request may have ${MAX_VALUES}.`,
    );
  }
  const dims = new Map(factors.slice(0, features).map((factor, dim) => [factor, dim]));
  const matrix = new Float32Array(rows.length * features).fill(Number.NaN);
  for (const [index, row] of rows.entries()) {
    const start = index * features;
    if (Array.isArray(row)) {
      if (row.length !== features) {
        throw new PaperdeskError(
          'FACTOR_ROWS_INVALID',
          `Row ${index} has ${row.length} values; the model of ${key} takes ${features}.`,
        );
      }
      for (const [dim, value] of row.entries()) matrix[start + dim] = value ?? Number.NaN;
    } else {
      for (const [name, value] of Object.entries(row)) {
        const dim = dims.get(name) ?? dimNumber(name);
        if (dim === undefined || dim >= features) {
          throw new PaperdeskError(
            'FACTOR_ROWS_INVALID',
            `Row ${index} has a value for ${JSON.stringify(name.slice(0, 100))}, which is no factor of ${key}.`,
          );
        }
        matrix[start + dim] = value ?? Number.NaN;
      }
    }
  }
  return matrix;
}

function dimNumber(name: string): number | undefined {
  return /^(0|[1-9]\d{0,8})$/.test(name) ? Number(name) : undefined;
}

/** The outputs of one row; null for numbers that are not finite. */
export function predictionOf(outputs: readonly number[]): number | null | (number | null)[] {
  const finite = (value: number) => (Number.isFinite(value) ? value : null);
  return outputs.length === 1 ? finite(outputs[0]!) : outputs.map(finite);
}
