import { PaperdeskError } from '../../../errors.ts';
import type { FactorGroup } from '../../../factor-models/factor-group.ts';
import { inputNamesOf } from '../../../factor-models/input-names.ts';
import type { PredictRow } from './schema.ts';

/** Takes 20 MB; a row by name takes as much memory as a complete row. */
const MAX_VALUES = 5_000_000;
/** Numbers that are computed; their JSON takes 20 MB. */
const MAX_OUTPUTS = 1_000_000;
/** Names in the sentence about one that is unknown. */
const MAX_NAMES = 10;

/**
 * Rows of a request as the model takes them: row-major [n, features], NaN for missing values.
 * @throws FACTOR_ROWS_INVALID for a row of the wrong length, or a name that is no factor; FACTOR_PREDICTION_TOO_LARGE
 */
export function matrixOf(rows: readonly PredictRow[], group: FactorGroup): Float32Array {
  const { key, model } = group;
  const { featureDim: features, outputs, missing } = model!.facts;
  if (rows.length * outputs > MAX_OUTPUTS) {
    throw new PaperdeskError(
      'FACTOR_PREDICTION_TOO_LARGE',
      `${rows.length} rows with ${outputs} outputs each make ${rows.length * outputs} numbers; a request may have ` +
        `${MAX_OUTPUTS}. Send at most ${Math.floor(MAX_OUTPUTS / outputs)} rows.`,
    );
  }
  if (rows.length * features > MAX_VALUES) {
    throw new PaperdeskError(
      'FACTOR_ROWS_INVALID',
      `${rows.length} rows of ${features} factors make ${rows.length * features} values; a request may have ${MAX_VALUES}.`,
    );
  }
  const names = inputNamesOf(group);
  const dims = new Map(names.slice(0, features).map((name, dim) => [name, dim]));
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
            `Row ${index} has a value for ${JSON.stringify(name.slice(0, 100))}, which is ${unknownIn(group)}.`,
          );
        }
        matrix[start + dim] = value ?? Number.NaN;
      }
    }
  }
  if (missing !== null) replaceMissing(matrix, Math.fround(missing));
  return matrix;
}

/** A model that was saved with another mark for missing values than NaN takes both. */
function replaceMissing(matrix: Float32Array, mark: number): void {
  for (let i = 0; i < matrix.length; i++) if (matrix[i] === mark) matrix[i] = Number.NaN;
}

function unknownIn(group: FactorGroup): string {
  const names = inputNamesOf(group);
  if (names === group.factors) return `no factor of ${group.key}`;
  const shown = names.slice(0, MAX_NAMES).map((name) => JSON.stringify(name.slice(0, 100)));
  const more = names.length > MAX_NAMES ? `, ... ${names.length} in all` : '';
  return `no input of the model of ${group.key}, which names its own: ${shown.join(', ')}${more}`;
}

function dimNumber(name: string): number | undefined {
  return /^(0|[1-9]\d{0,8})$/.test(name) ? Number(name) : undefined;
}
