import type { FundingRate } from '../../candle.ts';
import type { LoaderDependencies } from './candle-loader.ts';

/** Brings stored funding rates up to date. */
export interface FundingLoader {
  /**
   * Asks the exchange for the settlements from `from` to `to` (ms), unless they are known, and stores them.
   * @throws PaperdeskError MARKET_UNAVAILABLE, SYMBOL_UNKNOWN
   */
  load(symbol: string, from: number, to: number): Promise<void>;
}

/** Settlements are stamped a few ms late and published a little later. */
const PUBLISHED_WITHIN_MS = 60_000;
const RATES_PER_PAGE = 200;

export function createFundingLoader({
  exchange,
  repository,
}: Omit<LoaderDependencies, 'log' | 'clock'>): FundingLoader {
  return {
    async load(symbol, from, to) {
      const known = await repository.funding.coverage(symbol);
      if (known !== undefined && known.from <= from && known.to >= to) return;
      // Also where known rates end before `from`: what lies between is asked for too, so that no hole arises.
      const continues = known !== undefined && known.from <= from;
      const newest = continues ? await repository.funding.newest(symbol, known.from, known.to) : undefined;
      const { funding, asOf } = await fetchFrom(
        symbol,
        newest?.time ?? (continues ? known.to : from),
        newest,
      );
      const complete = { from: continues ? known.from : from, to: asOf - PUBLISHED_WITHIN_MS };
      await repository.funding.store(symbol, funding, complete);
    },
  };

  /** Page after page, each beginning with the last settlement of the one before. */
  async function fetchFrom(
    symbol: string,
    from: number,
    known: FundingRate | undefined,
  ): Promise<{ funding: FundingRate[]; asOf: number }> {
    const limit = Math.min(RATES_PER_PAGE, exchange.fundingPerRequest);
    const fetched: FundingRate[] = [];
    let overlap = known;
    for (;;) {
      const { funding, asOf } = await exchange.fetchFunding(symbol, overlap?.time ?? from, limit, {
        overlap,
      });
      const newest = funding.at(-1);
      fetched.push(...funding);
      if (funding.length < limit || newest === undefined || newest.time === overlap?.time) {
        return { funding: fetched, asOf };
      }
      overlap = newest;
    }
  }
}
