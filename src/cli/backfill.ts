import { newestClosedOpenTime, TIMEFRAME_MS, type Timeframe } from '../candle.ts';
import { NO_LEASES } from '../cluster/leases.ts';
import type { Config } from '../config.ts';
import type { Database } from '../db/connection.ts';
import { PIPELINE_DEFAULTS } from '../dimensions.ts';
import { createExchange } from '../market/exchange/exchange.ts';
import type { BackfillRange } from '../market/store/backfill-repository.ts';
import { createMarketRepository } from '../market/store/market-repository.ts';
import { createUnusedCandleRepository } from '../market/store/unused-candle-repository.ts';
import { type BackfillDependencies, backfill } from '../market/sync/backfill.ts';
import { createMarketLoaders } from '../market/sync/market-loaders.ts';
import { counted } from '../runtime/counted.ts';
import { isoTime } from '../runtime/iso-time.ts';
import { createOutgoing } from '../runtime/outgoing/outgoing.ts';
import { SYSTEM_TIMERS } from '../runtime/timers.ts';
import { canonicalSymbol } from '../symbol.ts';
import { readArguments, timeOption, UsageError } from './shared/arguments.ts';
import { backfillByNodes, cancelBackfills } from './shared/backfill-by-nodes.ts';
import { createProgress } from './shared/progress.ts';
import { commandLog, runOnStore } from './shared/run-command.ts';

const USAGE = `paperdesk backfill --symbol BTCUSDT --from 2024-01-01 [--to 2024-02-01] [--timeframe 15m]
paperdesk backfill --symbol BTCUSDT --cancel

Fills the store with closed candles that open from --from on and before --to (now by default), and with the funding
rates that decision candles need. Requests only what is missing, within the limits of the exchange: after an interruption,
start it again. The service may run at the same time. The store and the exchange are those of the settings. With
PostgreSQL a node of the service does it, and must run; --cancel cancels all backfills of the symbol there.`;

await runOnStore(USAGE, async (config, database, claim) => {
  const { options } = readArguments({
    required: ['symbol'],
    optional: ['from', 'to', 'timeframe'],
    flags: ['cancel'],
  });
  const symbol = canonicalSymbol(options.symbol);
  if (options.cancel) await cancel(config, database, symbol);
  else {
    const range = rangeOf({ ...options, symbol });
    await claim();
    await createUnusedCandleRepository(database).keep(range.symbol);
    await fill(config, database, range);
  }
});

async function fill(config: Config, database: Database, range: BackfillRange): Promise<void> {
  const { symbol, timeframe, from, to } = range;
  const progress = createProgress('candles');
  const order = { ...range, onProgress: progress.show };
  const result = await withExchange(config, database, (dependencies) =>
    config.store.kind === 'sqlite'
      ? backfill(dependencies, order)
      : backfillByNodes({ database, url: config.store.url }, dependencies, order),
  );
  progress.end();
  if (result === undefined) {
    console.error('The backfill was cancelled. The candles that it stored are there.');
    process.exitCode = 1;
    return;
  }
  const { candles, filled, gaps, missing } = result;
  console.log(
    `The store has ${candles} candles (${timeframe}) of ${symbol} from ${isoTime(from)} to ${isoTime(to)}` +
      `${filled === 0 ? '' : `, ${filled} of them filled in ${gaps} gaps of the exchange`}.`,
  );
  if (missing > 0)
    console.log(`${missing} are missing: ${symbol} is younger, or ${config.exchange} has no older ones.`);
}

async function cancel(config: Config, database: Database, symbol: string): Promise<void> {
  const { store } = config;
  if (store.kind === 'sqlite')
    throw new UsageError('--cancel is for PostgreSQL; with SQLite a backfill ends with its command.');
  const count = await withExchange(config, database, (dependencies) =>
    cancelBackfills({ database, url: store.url }, dependencies, symbol),
  );
  console.log(`Cancelled ${counted(count, 'backfill')} of ${symbol}.`);
}

/** @throws UsageError */
function rangeOf(options: {
  symbol: string;
  from?: string | undefined;
  to?: string | undefined;
  timeframe?: string | undefined;
}): BackfillRange {
  const { symbol, timeframe = PIPELINE_DEFAULTS.decisionTimeframe } = options;
  if (!isTimeframe(timeframe)) {
    throw new UsageError(`--timeframe ${timeframe} is not one of ${Object.keys(TIMEFRAME_MS).join(', ')}.`);
  }
  if (options.from === undefined) throw new UsageError('--from must be given.');
  const step = TIMEFRAME_MS[timeframe];
  const from = Math.ceil(timeOption('from', options.from) / step) * step;
  const end = options.to === undefined ? Number.POSITIVE_INFINITY : timeOption('to', options.to);
  const to = Math.min(Math.ceil(end / step) * step - step, newestClosedOpenTime(Date.now(), timeframe));
  if (from > to) throw new UsageError('No candle both opens from --from on and is closed before --to.');
  return { symbol, timeframe, from, to };
}

async function withExchange<T>(
  config: Config,
  database: Database,
  work: (dependencies: BackfillDependencies) => Promise<T>,
): Promise<T> {
  const parts = { clock: Date.now, timers: SYSTEM_TIMERS, log: commandLog() };
  const outgoing = createOutgoing(config.proxies);
  const exchange = createExchange({
    ...parts,
    id: config.exchange,
    restUrl: config.exchangeRestUrl,
    wsUrl: config.exchangeWsUrl,
    outgoing,
  });
  try {
    const repository = createMarketRepository(database, NO_LEASES);
    const loaders = createMarketLoaders({ ...parts, exchange, repository });
    return await work({ ...parts, repository, loaders });
  } finally {
    await exchange.close();
    await outgoing.close();
  }
}

function isTimeframe(text: string): text is Timeframe {
  return Object.hasOwn(TIMEFRAME_MS, text);
}
