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

/** Closed candles; `filled` ones stand in for candles that the exchange does not have. */
export interface CandlesTable {
  symbol: string;
  timeframe: string;
  open_time: Time;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
  filled: 0 | 1;
}

/** Unbroken runs of filled candles, from the first to the last open time. */
export interface CandleGapsTable {
  symbol: string;
  timeframe: string;
  from_time: Time;
  to_time: Time;
  found_at: Time;
  /** When the exchange was last asked for them, and how often it was. */
  asked_at: Time;
  asks: number;
}

export interface FundingRatesTable {
  symbol: string;
  time: Time;
  rate: number;
}

/** The span over which `funding_rates` is known to be complete. */
export interface FundingCoverageTable {
  symbol: string;
  from_time: Time;
  to_time: Time;
}

export interface Tables {
  candles: CandlesTable;
  candle_gaps: CandleGapsTable;
  funding_rates: FundingRatesTable;
  funding_coverage: FundingCoverageTable;
  model_packages: ModelPackagesTable;
  store_facts: StoreFactsTable;
}
