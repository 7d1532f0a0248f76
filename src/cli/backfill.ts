import { newestClosedOpenTime, TIMEFRAME_MS, type Timeframe } from '../candle.ts';
import { NO_LEASES } from '../cluster/leases.ts';
import { PIPELINE_DEFAULTS } from '../dimensions.ts';
import { createExchange } from '../market/exchange/exchange.ts';
import { createMarketRepository } from '../market/store/market-repository.ts';
import { backfill } from '../market/sync/backfill.ts';
import { createMarketLoaders } from '../market/sync/market-loaders.ts';
import { isoTime } from '../runtime/iso-time.ts';
import { SYSTEM_TIMERS } from '../runtime/timers.ts';
import { readArguments, timeOption, UsageError } from './shared/arguments.ts';
import { backfillByNodes } from './shared/backfill-by-nodes.ts';
import { createProgress } from './shared/progress.ts';
import { commandLog, runOnStore } from './shared/run-command.ts';

const USAGE = `npm run backfill -- --symbol BTCUSDT --from 2024-01-01 [--to 2024-02-01] [--timeframe 15m]

Fills the store with closed candles that open from --from on and before --to (now by default), and with the funding
rates that decision candles need. Requests only what is missing, within the limits of the exchange: after an interruption,
start it again. The service may run at the same time. The store and the exchange are those of the settings. With
PostgreSQL a node of the service does it, and must run.`;

await runOnStore(USAGE, async (config, database) => {
  const { options } = readArguments({ required: ['symbol', 'from'], optional: ['to', 'timeframe'] });
  const { symbol, timeframe = PIPELINE_DEFAULTS.decisionTimeframe } = options;
  if (!isTimeframe(timeframe)) {
    throw new UsageError(`--timeframe ${timeframe} is not one of ${Object.keys(TIMEFRAME_MS).join(', ')}.`);
  }
  const step = TIMEFRAME_MS[timeframe];
  const from = Math.ceil(timeOption('from', options.from) / step) * step;
  const end = options.to === undefined ? Number.POSITIVE_INFINITY : timeOption('to', options.to);
  const to = Math.min(Math.ceil(end / step) * step - step, newestClosedOpenTime(Date.now(), timeframe));
  if (from > to) throw new UsageError('No candle both opens from --from on and is closed before --to.');

  const parts = { clock: Date.now, timers: SYSTEM_TIMERS, log: commandLog() };
  const exchange = createExchange({
    ...parts,
    id: config.exchange,
    restUrl: config.exchangeRestUrl,
    wsUrl: config.exchangeWsUrl,
  });
  const progress = createProgress('candles');
  try {
    const repository = createMarketRepository(database, NO_LEASES);
    const dependencies = {
      ...{ ...parts, repository },
      loaders: createMarketLoaders({ ...parts, exchange, repository }),
    };
    const order = { symbol, timeframe, from, to, onProgress: progress.show };
    const { candles, filled, gaps, missing } =
      config.store.kind === 'sqlite'
        ? await backfill(dependencies, order)
        : await backfillByNodes({ database, url: config.store.url }, dependencies, order);
    progress.end();
    console.log(
      `The store has ${candles} candles (${timeframe}) of ${symbol} from ${isoTime(from)} to ${isoTime(to)}` +
        `${filled === 0 ? '' : `, ${filled} of them filled in ${gaps} gaps of the exchange`}.`,
    );
    if (missing > 0)
      console.log(`${missing} are missing: ${symbol} is younger, or ${config.exchange} has no older ones.`);
  } finally {
    await exchange.close();
  }
});

function isTimeframe(text: string): text is Timeframe {
  return Object.hasOwn(TIMEFRAME_MS, text);
}
