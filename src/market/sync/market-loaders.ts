import { type CandleLoader, createCandleLoader } from './candle-loader.ts';
import { createFundingLoader, type FundingLoader } from './funding-loader.ts';
import type { LoaderDependencies, MarketDependencies } from './market-dependencies.ts';

/** Download missing market data into the store; a service has one of each. */
export interface MarketLoaders {
  readonly candles: CandleLoader;
  readonly funding: FundingLoader;
}

export interface SyncDependencies extends MarketDependencies {
  readonly loaders: MarketLoaders;
}

export function createMarketLoaders(dependencies: LoaderDependencies): MarketLoaders {
  return { candles: createCandleLoader(dependencies), funding: createFundingLoader(dependencies) };
}
