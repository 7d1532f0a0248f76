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
  weights_wanted: ColumnType<'default' | 'float32' | 'int8', 'default' | undefined>;
  /** JSON of `Int8Trial`; null before a trial. */
  compact_trial: ColumnType<string | null, null | undefined>;
}

export type ModelPackageRow = Selectable<ModelPackagesTable>;
export type NewModelPackageRow = Insertable<ModelPackagesTable>;

/** Facts about the store itself, for example which market it holds. */
export interface StoreFactsTable {
  key: string;
  value: string;
}

/** How often each topic changed (revisions.ts). */
interface RevisionsTable {
  topic: string;
  revision: number;
}

/** Closed candles; a `filled` one replaces a candle that the exchange does not have. */
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

/** Runs of filled candles, from the first to the last open time. */
export interface CandleGapsTable {
  symbol: string;
  timeframe: string;
  from_time: Time;
  to_time: Time;
  found_at: Time;
  /** Time of the last request for these candles, and number of requests. */
  asked_at: Time;
  asks: number;
}

/** 15m candles that contradict their 3m candles. */
export interface CandleMismatchesTable {
  symbol: string;
  open_time: Time;
  problem: string;
  found_at: Time;
  /** Time of the last request for these candles, and number of requests. */
  asked_at: Time;
  asks: number;
}

export interface FundingRatesTable {
  symbol: string;
  time: Time;
  rate: number;
}

/** The time range in which `funding_rates` is complete. */
export interface FundingCoverageTable {
  symbol: string;
  from_time: Time;
  to_time: Time;
}

/** Registered directories of factor-model artifacts. */
export interface FactorModelsTable {
  model_name: string;
  root_path: string;
  created_at: Time;
  updated_at: Time;
}

/** The password; its row has the id 1. */
export interface AccessPasswordTable {
  id: number;
  /** Base64, as is `hash`. */
  salt: string;
  hash: string;
  set_at: Time;
}

/** Bearer tokens. Only their hashes are stored. */
export interface AccessTokensTable {
  /** SHA-256, in hex. */
  hash: string;
  id: string;
  kind: 'session' | 'service';
  /** null for a session. */
  name: string | null;
  created_at: Time;
  /** null: valid until it is revoked. */
  expires_at: Time | null;
  last_used_at: Time | null;
}

/** Live accounts, and the accounts of replays, whose id is that of the replay. */
interface PaperAccountsTable {
  id: string;
  package_id: string | null;
  symbol: string;
  status: 'ACTIVE' | 'PAUSED' | 'KILLED';
  epoch: number;
  /** JSON of `AccountSettings`. */
  settings: string;
  initial_balance: number;
  wallet: number;
  line_count: number;
  next_candle: Time;
  last_as_of: Time | null;
  last_decided: 0 | 1 | null;
  /** Grows with every change: a write of an older revision is refused. */
  revision: number;
  created_at: ColumnType<Time, Time, never>;
  updated_at: Time;
  reset_at: Time | null;
  run: ColumnType<'live' | 'replay', 'live' | 'replay', never>;
}

interface PaperEpochsTable {
  account_id: string;
  epoch: number;
  initial_balance: number;
  started_at: Time;
  ended_at: Time | null;
  hidden: 0 | 1;
}

interface PaperLotsTable {
  id: string;
  account_id: string;
  epoch: number;
  /** Of the ledger line of its entry fee; lots are ordered by it. */
  sequence: number;
  status: 'OPEN' | 'CLOSED';
  key: string;
  origin: 'policy' | 'external' | 'manual';
  side: 'long' | 'short';
  entry_price: number;
  quantity: number;
  notional: number;
  margin: number;
  leverage: number;
  stop_loss: number;
  take_profit: number;
  opened_at: Time;
  steps: number;
  hold_clock: 'training' | 'wall';
  max_steps: number;
  entry_fee: number;
  funding: number;
  exit_price: number | null;
  closed_at: Time | null;
  close_reason: string | null;
  gross_pnl: number | null;
  exit_fee: number | null;
  net_pnl: number | null;
}

/** Append-only. */
interface PaperLedgerTable {
  id: ColumnType<string, string, never>;
  account_id: ColumnType<string, string, never>;
  epoch: ColumnType<number, number, never>;
  sequence: ColumnType<number, number, never>;
  time: ColumnType<Time, Time, never>;
  kind: ColumnType<string, string, never>;
  amount: ColumnType<number, number, never>;
  lot_id: ColumnType<string | null, string | null, never>;
  wallet_after: ColumnType<number, number, never>;
}

interface PaperDecisionsTable {
  account_id: string;
  as_of: Time;
  epoch: number;
  decided: 0 | 1;
  source: string | null;
  signal: string | null;
  confidence: number | null;
  sentiment: string | null;
  action: string;
  reason: string | null;
  /** JSON of `string[]`, `ProposedLot` and `DecisionEvidence`. */
  sentences: string;
  order: string | null;
  lot_id: string | null;
  evidence: string | null;
  stored_at: Time;
}

interface PaperEquityTable {
  account_id: string;
  epoch: number;
  time: Time;
  wallet: number;
  equity: number;
  open_lots: number;
  open_side: 'long' | 'short' | null;
}

/** Forecasts, to be compared with later candles. */
interface ForecastsTable {
  package_id: string;
  package_version: string;
  symbol: string;
  as_of: Time;
  /** Little-endian float32, row-major [192, 3]. */
  quantiles: Uint8Array;
  /** `live` where a live decision used it. */
  origin: 'live' | 'replay';
  stored_at: Time;
}

/** Replays as jobs; their accounts are rows of `paper_accounts`. */
interface ReplaysTable {
  id: string;
  package_id: string;
  package_version: string;
  symbol: string;
  market_source: 'live' | 'recorded';
  label: string | null;
  from_time: Time;
  to_time: Time;
  /** JSON of `AccountSettings`. */
  settings: string;
  initial_balance: number;
  /** JSON of the close times of the candles to decide on; null for every candle. */
  decided: string | null;
  decided_count: number | null;
  /** A REMOVED one is being deleted. */
  state: 'QUEUED' | 'RUNNING' | 'DONE' | 'CANCELLED' | 'FAILED' | 'REMOVED';
  phase: 'LOADING' | 'DECIDING' | 'EVALUATING' | null;
  /** Decision candles done, and how many of those lacked 3m candles. */
  done: number;
  incomplete: number;
  forecasts_computed: number;
  forecasts_known: number;
  /** JSON of `ReplayResults`. */
  results: string | null;
  error_code: string | null;
  error_detail: string | null;
  created_at: Time;
  started_at: Time | null;
  finished_at: Time | null;
}

/** Alerts and the state of their delivery. */
interface AlertsTable {
  id: string;
  /** Counts the alerts, from 1. */
  sequence: number;
  kind: string;
  /** For example `market:BTCUSDT`; the newest alert of a subject has its current state. */
  subject: string;
  /** The JSON that is sent. */
  body: string;
  created_at: Time;
  attempts: number;
  /** null: no further attempt. */
  next_attempt_at: Time | null;
  delivered_at: Time | null;
  last_status: number | null;
  last_error: string | null;
}

/** The latest polls of each account (alerts/poll-run.ts). */
interface PolledAccountsTable {
  account_id: string;
  polls: number;
  interval_ms: number;
  last_poll_at: Time;
}

export type PaperAccountRow = Selectable<PaperAccountsTable>;
export type PaperLotRow = Selectable<PaperLotsTable>;
export type PaperLedgerRow = Selectable<PaperLedgerTable>;
export type PaperDecisionRow = Selectable<PaperDecisionsTable>;
export type PaperEquityRow = Selectable<PaperEquityTable>;
export type ReplayRow = Selectable<ReplaysTable>;

export interface Tables {
  revisions: RevisionsTable;
  alerts: AlertsTable;
  polled_accounts: PolledAccountsTable;
  forecasts: ForecastsTable;
  paper_accounts: PaperAccountsTable;
  paper_decisions: PaperDecisionsTable;
  paper_epochs: PaperEpochsTable;
  paper_equity: PaperEquityTable;
  paper_ledger: PaperLedgerTable;
  paper_lots: PaperLotsTable;
  replays: ReplaysTable;
  access_password: AccessPasswordTable;
  access_tokens: AccessTokensTable;
  factor_models: FactorModelsTable;
  candles: CandlesTable;
  candle_gaps: CandleGapsTable;
  candle_mismatches: CandleMismatchesTable;
  funding_rates: FundingRatesTable;
  funding_coverage: FundingCoverageTable;
  model_packages: ModelPackagesTable;
  store_facts: StoreFactsTable;
}
