import type { ColumnType, Insertable, Selectable } from 'kysely';

/** ms since the Unix epoch. */
type Time = number;

export interface ModelPackagesTable {
  id: string;
  name: string;
  forecast_rel_path: string;
  ppo_rel_path: string;
  scaler_rel_path: string | null;
  status: 'UPLOADED' | 'READY' | 'ARCHIVED';
  created_at: ColumnType<Time, Time, never>;
  warmup_required: 0 | 1;
  warmup_status: 'PENDING' | 'RUNNING' | 'DONE' | 'ERROR';
  warmup_completed_at: Time | null;
  warmup_error: string | null;
  notes: string | null;
  /** JSON of `PackageManifest`. */
  manifest: string;
  /** JSON of `PackageFile[]`. */
  files: string;
}

export type ModelPackageRow = Selectable<ModelPackagesTable>;
export type NewModelPackageRow = Insertable<ModelPackagesTable>;

/** Facts about this store itself, for example which market it holds. */
export interface StoreFactsTable {
  key: string;
  value: string;
}

export interface Tables {
  model_packages: ModelPackagesTable;
  store_facts: StoreFactsTable;
}
