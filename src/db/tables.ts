import type { ColumnType, Insertable, Selectable } from 'kysely';

/** ms since the Unix epoch. */
type Time = number;

export interface Tables {
  model_packages: {
    id: string;
    name: string;
    forecast_rel_path: string;
    ppo_rel_path: string;
    scaler_rel_path: string | null;
    vec_normalize_rel_path: string | null;
    status: 'UPLOADED' | 'READY' | 'ARCHIVED';
    created_at: ColumnType<Time, Time, never>;
    warmup_required: 0 | 1;
    warmup_status: 'PENDING' | 'RUNNING' | 'DONE' | 'ERROR';
    warmup_completed_at: Time | null;
    warmup_error: string | null;
    notes: string | null;
    /** JSON of `PackageManifest`. */
    manifest: string;
    /** JSON of sentences. */
    warnings: ColumnType<string, string | undefined>;
    /** JSON of `ProofResult`; null without a proof. */
    proof: ColumnType<string | null, string | null | undefined>;
    /** JSON of `PackageFile[]`. */
    files: string;
    weights_wanted: ColumnType<'default' | 'float32' | 'int8', 'default' | undefined>;
    /** JSON of `Int8Trial`; null before a trial. */
    compact_trial: ColumnType<string | null, null | undefined>;
    /** The oldest package with the same files, when this one was uploaded; null if there is none. */
    same_files_as: ColumnType<string | null, string | null | undefined>;
    /** JSON of texts. */
    tags: ColumnType<string, undefined, string>;
    /** The first of its versions; null for the first itself. */
    version_of: ColumnType<string | null, string | null | undefined>;
    version_number: ColumnType<number, number | undefined>;
    auto_trade: ColumnType<0 | 1, undefined, 0 | 1>;
    /** Close time of the newest candle that the service decided on, or found decided. */
    auto_trade_as_of: ColumnType<Time | null, undefined, Time | null>;
    /** A sentence; null while all is well. */
    auto_trade_problem: ColumnType<string | null, undefined, string | null>;
    auto_trade_problem_since: ColumnType<Time | null, undefined, Time | null>;
  };
  package_aliases: {
    alias: string;
    package_id: string;
    moved_at: Time;
  };
  /** Facts about the store itself, for example which market it holds. */
  store_facts: {
    key: string;
    value: string;
  };
  /** How often each topic changed (revisions.ts). */
  revisions: {
    topic: string;
    revision: number;
  };
  /** The newest events of all nodes; only where nodes share the store. */
  events: {
    /** Ids become visible in their order, so who has read one has missed none below it. */
    id: number;
    node: string;
    /** Counts the events of a node, from 1; 0 says that the node is gone. */
    sequence: number;
    kind: string;
    /** JSON of an object. */
    data: string;
  };
  /** Closed candles; a `filled` one replaces a candle that the exchange does not have. */
  candles: {
    symbol: string;
    timeframe: string;
    open_time: Time;
    open: number;
    high: number;
    low: number;
    close: number;
    volume: number;
    filled: 0 | 1;
  };
  /** Runs of filled candles, from the first to the last open time. */
  candle_gaps: {
    symbol: string;
    timeframe: string;
    from_time: Time;
    to_time: Time;
    found_at: Time;
    /** Time of the last request for these candles, and number of requests. */
    asked_at: Time;
    asks: number;
  };
  /** Decision candles that contradict their intrabar candles. */
  candle_mismatches: {
    symbol: string;
    timeframe: string;
    open_time: Time;
    problem: string;
    found_at: Time;
    /** Time of the last request for these candles, and number of requests. */
    asked_at: Time;
    asks: number;
  };
  funding_rates: {
    symbol: string;
    time: Time;
    rate: number;
  };
  /** The time range in which `funding_rates` is complete. */
  funding_coverage: {
    symbol: string;
    from_time: Time;
    to_time: Time;
  };
  /** Symbols whose market data stays although no package, account or replay names them. */
  kept_symbols: {
    symbol: string;
  };
  /** Registered directories of factor-model artifacts. */
  factor_models: {
    model_name: string;
    root_path: string;
    created_at: Time;
    updated_at: Time;
  };
  /** The password; its row has the id 1. */
  access_password: {
    id: number;
    /** Base64, as is `hash`. */
    salt: string;
    hash: string;
    set_at: Time;
  };
  /** Bearer tokens. Only their hashes are stored. */
  access_tokens: {
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
  };
  /** Wrong passwords per address of clients; the empty address has those of all. */
  password_failures: {
    address: string;
    failures: number;
    /** Of the newest one. */
    failed_at: Time;
  };
  /** Addresses (see client-network.ts) from which the password was right. */
  login_addresses: {
    address: string;
    logged_in_at: Time;
  };
  /** Live accounts, and the accounts of replays, whose id is that of the replay. */
  paper_accounts: {
    id: string;
    package_id: string | null;
    symbol: string;
    status: 'ACTIVE' | 'PAUSED' | 'KILLED';
    epoch: number;
    /** JSON of `AccountSettings`, and of `AccountPipeline` without its lengths. */
    settings: string;
    pipeline: string;
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
    /** When the status last changed; null if that is not known. */
    status_at: ColumnType<Time | null, Time | null | undefined>;
    run: ColumnType<'live' | 'replay', 'live' | 'replay', never>;
  };
  paper_epochs: {
    account_id: string;
    epoch: number;
    initial_balance: number;
    started_at: Time;
    ended_at: Time | null;
    hidden: 0 | 1;
  };
  paper_lots: {
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
    /** Sequence of the first lot of its position: the lots from flat to flat. */
    position: number;
    /** Id of the lot that it was closed as a part of. */
    part_of: ColumnType<string | null, string | null | undefined>;
    /** The stop at the entry, if it was moved since. */
    first_stop: ColumnType<number | null, number | null | undefined>;
    /** Prices before slippage; null where unknown. */
    entry_reference: number | null;
    exit_reference: number | null;
  };
  /** Append-only. */
  paper_ledger: {
    id: ColumnType<string, string, never>;
    account_id: ColumnType<string, string, never>;
    epoch: ColumnType<number, number, never>;
    sequence: ColumnType<number, number, never>;
    time: ColumnType<Time, Time, never>;
    kind: ColumnType<string, string, never>;
    amount: ColumnType<number, number, never>;
    lot_id: ColumnType<string | null, string | null, never>;
    wallet_after: ColumnType<number, number, never>;
    /** What a person said about what they did, and what was changed where the amount does not tell it. */
    reason: ColumnType<string | null, string | null | undefined, never>;
    detail: ColumnType<string | null, string | null | undefined, never>;
  };
  paper_decisions: {
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
  };
  paper_equity: {
    account_id: string;
    epoch: number;
    time: Time;
    wallet: number;
    equity: number;
    open_lots: number;
    open_side: 'long' | 'short' | null;
  };
  /** Forecasts, to be compared with later candles. */
  forecasts: {
    package_id: string;
    package_version: string;
    symbol: string;
    as_of: Time;
    /** Little-endian float32, row-major [horizon, 3]. */
    quantiles: Uint8Array;
    /** `live` where a live decision used it. */
    origin: 'live' | 'replay';
    stored_at: Time;
  };
  /** Replays as jobs; their accounts are rows of `paper_accounts`. */
  replays: {
    id: string;
    package_id: string;
    package_version: string;
    symbol: string;
    market_source: 'live' | 'recorded';
    label: string | null;
    from_time: Time;
    to_time: Time;
    /** JSON of `AccountSettings` and of `AccountPipeline`. */
    settings: string;
    pipeline: string;
    initial_balance: number;
    /** JSON of the close times of the candles to decide on; null for every candle. */
    decided: string | null;
    decided_count: number | null;
    /** A REMOVED one is being deleted. */
    state: 'QUEUED' | 'RUNNING' | 'DONE' | 'CANCELLED' | 'FAILED' | 'REMOVED';
    phase: 'LOADING' | 'DECIDING' | 'CHECKING' | 'EVALUATING' | null;
    /** Decision candles done, and how many of those lacked intrabar candles. */
    done: number;
    incomplete: number;
    forecasts_computed: number;
    forecasts_known: number;
    /** JSON of `ReplayResults`, and their form (replays/replay-job.ts): null before one was stored, 0 if none can be. */
    results: string | null;
    results_form: ColumnType<number | null, undefined>;
    /** JSON of `ResultOrigin`. */
    origin: ColumnType<string | null, undefined>;
    error_code: string | null;
    error_detail: string | null;
    created_at: Time;
    started_at: Time | null;
    finished_at: Time | null;
    /** Of the worker that has it: the writes of any other are refused. */
    run_id: ColumnType<string | null, undefined>;
    /** Id of the replay that it is a counterfactual of, and what it does otherwise; null for ordinary ones. */
    counterfactual_of: string | null;
    counterfactual_kind: 'no_stops' | 'sign_of_median' | 'random_entries' | null;
    /** Number of the random account. */
    counterfactual_k: number | null;
  };
  /** What a replay computed on some of its candles, until it is done (replays/candle-sample.ts). */
  replay_samples: {
    /** Of the replay. */
    account_id: string;
    /** Close time of the candle. */
    as_of: Time;
    /** Number of features. */
    features: number;
    /** Little-endian float64: features, scaled features, quantiles [horizon, 3]. */
    numbers: Uint8Array;
    window_reason: string | null;
    /** JSON of `DecidedCandle`. */
    decided: string | null;
  };
  /** What was tried on a symbol; rows are never deleted. */
  trials: {
    symbol: string;
    /** Hash of package files and settings (statistics/trials.ts). */
    trial: string;
    from_time: Time;
    to_time: Time;
    /** The midnight at which its returns begin; null without a whole day. */
    first_day: Time | null;
    /** Little-endian float64. */
    log_returns: Uint8Array;
  };
  /** What each UTC day said about the features of each package, for some weeks (statistics/feature-drift.ts). */
  feature_drift: {
    package_id: string;
    /** Midnight at which the day began. */
    day: Time;
    /** Hash of what the numbers depend on, without candles; a package has rows of one version. */
    version: string;
    /** JSON of `FeatureDrift[]`. */
    features: string;
  };
  /** Alerts and the state of their delivery. */
  alerts: {
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
  };
  /** The latest polls of each account (alerts/poll-run.ts). */
  polled_accounts: {
    account_id: string;
    polls: number;
    interval_ms: number;
    last_poll_at: Time;
  };
  /** The jobs that nodes run, beside the table of pg-boss (jobs/job-run-repository.ts); only with PostgreSQL. */
  running_jobs: {
    /** Of the job in pg-boss. */
    job_id: string;
    /** Another one for every run of a job: what an earlier run reports is ignored. */
    run_id: string;
    kind: string;
    key: string;
    node_id: string;
    cancelled: 0 | 1;
  };
  /** Backfills that are jobs; only with PostgreSQL. */
  backfills: {
    id: string;
    symbol: string;
    timeframe: string;
    /** Open times of the first and the last candle. */
    from_time: Time;
    to_time: Time;
    state: 'QUEUED' | 'DONE' | 'FAILED' | 'CANCELLED';
    /** Candles that are done. */
    done: number;
    /** JSON of `BackfillResult`. */
    result: string | null;
    error_code: string | null;
    error_detail: string | null;
    created_at: Time;
  };
  /** Processes that share the store. Times are by the clock of the database. */
  nodes: {
    id: string;
    name: string;
    role: 'all' | 'api' | 'worker';
    version: string;
    started_at: Time;
    /** Time of the last heartbeat. */
    seen_at: Time;
    /** JSON of `NodeReport`. */
    report: string;
  };
  /** What only one node may do at a time (src/cluster/leases.ts); rows are never deleted, so that tokens only grow. */
  leases: {
    name: string;
    /** null: given up. */
    node_id: string | null;
    token: number;
    /** By the clock of the database. */
    expires_at: Time;
  };
}

export type Row<Table extends keyof Tables> = Selectable<Tables[Table]>;
export type NewRow<Table extends keyof Tables> = Insertable<Tables[Table]>;

export type ModelPackageRow = Row<'model_packages'>;
export type NewModelPackageRow = NewRow<'model_packages'>;
