import { storeBytes } from '../db/store-size.ts';
import { createExchange } from '../market/exchange/exchange.ts';
import { createBackfillRepository } from '../market/store/backfill-repository.ts';
import { createCandleRetention } from '../market/store/candle-retention.ts';
import { createMarketRepository } from '../market/store/market-repository.ts';
import { createUnusedCandleRepository } from '../market/store/unused-candle-repository.ts';
import { createBackfillJobs } from '../market/sync/backfill-jobs.ts';
import { createLiveMarket } from '../market/sync/live-market.ts';
import { createMarketHistory } from '../market/sync/market-history.ts';
import { createMarketLoaders } from '../market/sync/market-loaders.ts';
import { createMarketStatus } from '../market/sync/market-status.ts';
import { createPriceFeed } from '../market/sync/price-feed.ts';
import type { ServiceContext } from './context.ts';

export type MarketServices = ReturnType<typeof openMarket>;

/** The exchange, and the candles and funding rates that are stored and updated. */
export function openMarket(context: ServiceContext) {
  const { config, database, cluster, jobs, events, outgoing, now: clock, timers, log, onClose } = context;
  const exchange = createExchange({
    id: config.exchange,
    restUrl: config.exchangeRestUrl,
    wsUrl: config.exchangeWsUrl,
    outgoing,
    clock,
    timers,
    log,
  });
  onClose(() => exchange.close());
  const repository = createMarketRepository(database, cluster.leases);
  const loaders = createMarketLoaders({ exchange, repository, clock, log });
  const history = createMarketHistory({ exchange, repository, loaders, clock, timers, log });
  const live = createLiveMarket({
    ...{ leases: cluster.leases, exchange, repository, loaders, history, clock, timers, log },
  });
  onClose(() => live.stop());
  const prices = createPriceFeed({ lastPrice: live.lastPrice, timers, log });
  onClose(() => prices.stop());
  live.onDecisionCandle(({ symbol, timeframe, closeTime }) =>
    events.publish('market', { symbol, timeframe, closed_at: new Date(closeTime).toISOString() }),
  );
  // With SQLite the command does it itself.
  if (config.store.kind === 'postgres') {
    const backfills = createBackfillRepository(database);
    createBackfillJobs({ jobs, backfills, repository, loaders, timers, log });
  }
  const candleRetention = createCandleRetention({
    ...{ leases: cluster.leases, now: clock, pause: context.pause, timers, log },
    candles: createUnusedCandleRepository(database),
    revision: repository.revision,
    storeBytes: () => storeBytes(database),
    budgetBytes: config.storeBudgetBytes,
  });
  onClose(() => candleRetention.close());
  const marketStatus = createMarketStatus({ cluster, exchange, history, live });
  return { exchange, repository, loaders, history, live, prices, marketStatus, candleRetention };
}
