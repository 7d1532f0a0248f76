import { createExchange } from '../market/exchange/exchange.ts';
import { createMarketRepository } from '../market/store/market-repository.ts';
import { createLiveMarket } from '../market/sync/live-market.ts';
import { createMarketHistory } from '../market/sync/market-history.ts';
import { createMarketLoaders } from '../market/sync/market-loaders.ts';
import type { ServiceContext } from './context.ts';

export type MarketServices = ReturnType<typeof openMarket>;

/** The exchange, and the candles and funding rates that are stored and updated. */
export function openMarket({ config, database, events, now: clock, timers, log, onClose }: ServiceContext) {
  const exchange = createExchange({
    id: config.exchange,
    restUrl: config.exchangeRestUrl,
    wsUrl: config.exchangeWsUrl,
    clock,
    timers,
    log,
  });
  onClose(() => exchange.close());
  const repository = createMarketRepository(database);
  const loaders = createMarketLoaders({ exchange, repository, clock, log });
  const history = createMarketHistory({ exchange, repository, loaders, clock, timers, log });
  const live = createLiveMarket({ exchange, repository, loaders, history, clock, timers, log });
  onClose(() => live.stop());
  live.onDecisionCandle(({ symbol, timeframe, closeTime }) =>
    events.publish('market', { symbol, timeframe, closed_at: new Date(closeTime).toISOString() }),
  );
  return { exchange, repository, loaders, history, live };
}
