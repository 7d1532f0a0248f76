import { type LegacyRow, textOf, timeOf } from './legacy-values.ts';

/** A row of the old `model_packages`. */
export interface LegacyPackage {
  readonly id: string;
  readonly name: string;
  /** Relative to the old system's folder. */
  readonly forecastPath: string;
  readonly policyPath: string;
  readonly scalerPath: string | null;
  readonly archived: boolean;
  /** ms. */
  readonly createdAt: number | null;
  readonly notes: string | null;
}

const MAX_PATH_LENGTH = 1000;
const MAX_NOTES_LENGTH = 5000;

/** Reads a row; returns a sentence when the row cannot be used. @param now ms */
export function packageOfLegacyRow(row: LegacyRow, now: number): LegacyPackage | string {
  const id = textOf(row, ['id', 'package_id']);
  if (id === null) return 'The row has no id.';
  const forecastPath = textOf(row, ['forecast_rel_path', 'forecast_path'], MAX_PATH_LENGTH);
  const policyPath = textOf(row, ['ppo_rel_path', 'ppo_path'], MAX_PATH_LENGTH);
  if (forecastPath === null || policyPath === null)
    return `The row does not say where its ${forecastPath === null ? 'forecast model' : 'policy'} is.`;
  return {
    id,
    name: textOf(row, ['name']) ?? id,
    forecastPath,
    policyPath,
    scalerPath: textOf(row, ['scaler_rel_path', 'scaler_path'], MAX_PATH_LENGTH),
    archived: textOf(row, ['status'])?.toUpperCase() === 'ARCHIVED',
    createdAt: timeOf(row, ['created_at'], now),
    notes: textOf(row, ['notes'], MAX_NOTES_LENGTH),
  };
}
