/** A room of the source tree. */
export interface Room {
  /** Folder or file, from the project's root. */
  readonly path: string;
  readonly holds: string;
  /** Paths of other rooms, or `*` for all of them. */
  readonly mayImport: readonly string[];
}

/** Rooms that every room may import. */
export const SHARED = [
  'src/errors.ts',
  'src/candle.ts',
  'src/symbol.ts',
  'src/dimensions.ts',
  'src/runtime',
] as const;

/** In the order in which data flows through them; docs/architecture.md has the table. */
export const ROOMS: readonly Room[] = [
  { path: 'src/errors.ts', holds: 'the table of error codes', mayImport: [] },
  { path: 'src/candle.ts', holds: 'candle, funding rate, timeframe', mayImport: [] },
  { path: 'src/symbol.ts', holds: 'how a symbol is written', mayImport: [] },
  { path: 'src/dimensions.ts', holds: 'sizes of features, forecast, observation and action', mayImport: [] },
  {
    path: 'src/runtime',
    holds:
      'clock, timers, ids, log, cache, backoff, mutex, single-flight, program files, requests through proxies',
    mayImport: [],
  },
  { path: 'src/db', holds: 'connection, migrations, table types, revisions', mayImport: [] },
  {
    path: 'src/cluster',
    holds: 'the nodes that share a store, and the leases that say which of them does what',
    mayImport: ['src/db'],
  },
  {
    path: 'src/jobs',
    holds: 'background jobs: queued in this process, or in PostgreSQL for all nodes',
    mayImport: ['src/cluster', 'src/db'],
  },
  { path: 'src/events', holds: 'the hub for events of the service, on all nodes', mayImport: ['src/db'] },
  {
    path: 'src/formats',
    holds:
      'foreign files as data: zip, pickle, torch, stable-baselines3, scikit-learn, pandas, XGBoost; the ONNX writer',
    mayImport: [],
  },
  {
    path: 'src/pipeline',
    holds: 'what a package declares: manifest, features, scaler, forecast features, observation, action',
    mayImport: ['src/formats'],
  },
  {
    path: 'src/models',
    holds: 'ONNX graphs, the inference processes, sessions, memory budget, 8-bit weights',
    mayImport: ['src/formats'],
  },
  {
    path: 'src/packages',
    holds: 'registry, package files in a folder or an object store, pair validation, warm-up',
    mayImport: ['src/db', 'src/formats', 'src/jobs', 'src/pipeline'],
  },
  {
    path: 'src/market',
    holds:
      '`exchange/` (the only place that knows ccxt), `store/` (candles, funding, gaps), `files/` (rows of others), `sync/` (live and backfill)',
    mayImport: ['src/cluster', 'src/db', 'src/formats', 'src/jobs', 'src/pipeline'],
  },
  {
    path: 'src/trading',
    holds: 'pure rules: account, lots, ledger, orders and costs, gates, fills, settlement',
    mayImport: ['src/pipeline'],
  },
  {
    path: 'src/decisions',
    holds: 'from a market window and an account state to a decision; forecasts are computed once and stored',
    mayImport: [
      'src/cluster',
      'src/db',
      'src/formats',
      'src/market',
      'src/models',
      'src/packages',
      'src/pipeline',
      'src/trading',
    ],
  },
  {
    path: 'src/accounts',
    holds: 'live accounts: storage, polls, execution',
    mayImport: [
      'src/cluster',
      'src/db',
      'src/decisions',
      'src/events',
      'src/market',
      'src/packages',
      'src/trading',
    ],
  },
  {
    path: 'src/auto-trading',
    holds: 'trading by the service itself: the polls of packages whose owners want it',
    mayImport: ['src/accounts', 'src/cluster', 'src/db', 'src/events', 'src/packages', 'src/trading'],
  },
  {
    path: 'src/statistics',
    holds: 'returns, drawdown, intervals, equity curves, forecast quality, comparison, drift of features',
    mayImport: [
      'src/accounts',
      'src/cluster',
      'src/db',
      'src/decisions',
      'src/formats',
      'src/market',
      'src/packages',
      'src/pipeline',
      'src/trading',
    ],
  },
  {
    path: 'src/replays',
    holds: 'background runs of the same rules on past candles',
    mayImport: [
      'src/accounts',
      'src/db',
      'src/decisions',
      'src/events',
      'src/jobs',
      'src/market',
      'src/packages',
      'src/pipeline',
      'src/statistics',
      'src/trading',
    ],
  },
  {
    path: 'src/factor-models',
    holds:
      'registered directories of XGBoost models: scans in a process and scoring in a thread, snapshots, the watcher',
    mayImport: ['src/cluster', 'src/db', 'src/formats'],
  },
  {
    path: 'src/alerts',
    holds: 'conditions that raise alerts, and their signed delivery with retries',
    mayImport: [
      'src/accounts',
      'src/cluster',
      'src/db',
      'src/events',
      'src/jobs',
      'src/market',
      'src/packages',
      'src/statistics',
    ],
  },
  { path: 'src/auth', holds: 'password, tokens, limits for wrong passwords', mayImport: ['src/db'] },
  {
    path: 'src/http',
    holds: 'one folder per noun with its routes, schema and answer; `plugins/` one file per Fastify plugin',
    mayImport: ['*'],
  },
  {
    path: 'src/web',
    holds: 'the page, built by Vite into `dist/web`; it imports types only',
    mayImport: ['src/http', 'src/events'],
  },
  {
    path: 'src/tools',
    holds:
      'parity with numbers computed in Python, import from the old system, backup, moves between engines, the polling loop',
    mayImport: [
      'src/accounts',
      'src/cluster',
      'src/db',
      'src/decisions',
      'src/formats',
      'src/market',
      'src/models',
      'src/packages',
      'src/pipeline',
      'src/statistics',
      'src/trading',
    ],
  },
  { path: 'src/services', holds: 'opens the components of the service, one file each', mayImport: ['*'] },
  { path: 'src/cli', holds: 'one file per command', mayImport: ['*'] },
  {
    path: 'simulator',
    holds:
      'the recorded exchange: Binance’s protocol over a recording; servers that several nodes need; for the demos, tests and ' +
      'benchmarks',
    mayImport: ['src/market'],
  },
];

/** A library that only some files may import. */
export interface LibraryRule {
  /** Pattern of the folder name in node_modules. */
  readonly library: string;
  /** Patterns of files that may import it. */
  readonly onlyIn: readonly string[];
}

export const LIBRARY_RULES: readonly LibraryRule[] = [
  {
    library: '(fastify|@fastify|fastify-plugin|fastify-type-provider-zod)',
    onlyIn: ['^src/http/', '^src/app\\.ts$'],
  },
  { library: 'undici', onlyIn: ['^src/runtime/outgoing/'] },
  { library: 'ccxt', onlyIn: ['^src/market/exchange/'] },
  { library: 'onnxruntime', onlyIn: ['^src/models/'] },
  { library: 'better-sqlite3(-napi)?', onlyIn: ['^src/db/sqlite/sqlite-library\\.ts$'] },
  { library: 'pg(?!-)', onlyIn: ['^src/db/postgres/'] },
  { library: 'pg-boss', onlyIn: ['^src/jobs/'] },
  { library: '@aws-sdk', onlyIn: ['^src/packages/'] },
  { library: 'kysely', onlyIn: ['^src/db/', '-repository\\.ts$'] },
];

/** Files that wire the rooms together; nothing but these files and `cli/` imports them. */
export const WIRING = ['app', 'config', 'settings', 'server', 'service', 'services', 'start'] as const;
