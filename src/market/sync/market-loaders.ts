import { type CandleLoader, createCandleLoader, type LoaderDependencies } from './candle-loader.ts';
import { createFundingLoader, type FundingLoader } from './funding-loader.ts';

/** What downloads missing market data into the store; a service has one of each. */
export interface MarketLoaders {
  readonly candles: CandleLoader;
  readonly funding: FundingLoader;
}

export function createMarketLoaders(dependencies: LoaderDependencies): MarketLoaders {
  return { candles: createCandleLoader(dependencies), funding: createFundingLoader(dependencies) };
}
