import { type AutoTrading, createAutoTrading } from '../auto-trading/auto-trading.ts';
import { createTradingStateRepository } from '../auto-trading/trading-state-repository.ts';
import type { ServiceContext } from './context.ts';
import type { PackageServices } from './open-packages.ts';
import type { TradingServices } from './open-trading.ts';

/** Trading by the service itself; it does nothing until it is started. */
export function openAutoTrading(
  { database, cluster, events, now, timers, log, onClose }: ServiceContext,
  { registry }: PackageServices,
  { desk }: TradingServices,
): AutoTrading {
  const autoTrading = createAutoTrading({
    ...{ registry, events, now, timers, log },
    poll: desk.poll,
    leases: cluster.leases,
    states: createTradingStateRepository(database),
  });
  onClose(autoTrading.close);
  return autoTrading;
}
