import type { Log } from '../../runtime/log.ts';
import type { Clock, Timers } from '../../runtime/timers.ts';
import type { Exchange } from '../exchange/exchange.ts';
import type { MarketRepository } from '../store/market-repository.ts';

/** Where market data comes from and where it is stored. */
export interface MarketDependencies {
  readonly exchange: Exchange;
  readonly repository: MarketRepository;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
}

export type LoaderDependencies = Omit<MarketDependencies, 'timers'>;
