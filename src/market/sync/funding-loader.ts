import type { FundingRate } from '../../candle.ts';
import type { MarketDependencies } from './market-dependencies.ts';

/** Brings stored funding rates up to date. */
export interface FundingLoader {
  /**
   * Requests the settlements from `from` to `to` (ms) that are not stored, and stores them.
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
}: Pick<MarketDependencies, 'exchange' | 'repository'>): FundingLoader {
  return {
    async load(symbol, from, to) {
      const write = repository.beginWrite(symbol);
      const known = await repository.funding.coverage(symbol);
      if (known !== undefined && known.from <= from && known.to >= to) return;
      // If known rates end before `from`, those in between are requested too, so that there is no hole.
      const continues = known !== undefined && known.from <= from;
      const newest = continues ? await repository.funding.newest(symbol, known.from, known.to) : undefined;
      const { funding, asOf } = await fetchPages(symbol, continues ? known.to : from, newest);
      const complete = { from: continues ? known.from : from, to: asOf - PUBLISHED_WITHIN_MS };
      await write((tables) => tables.funding.store(symbol, funding, complete));
    },
  };

  /** Page after page, each beginning with the last settlement of the one before. */
  async function fetchPages(symbol: string, from: number, known: FundingRate | undefined) {
    const limit = Math.min(RATES_PER_PAGE, exchange.fundingPerRequest);
    const fetched: FundingRate[] = [];
    let overlap = known;
    for (;;) {
      const since = overlap?.time ?? from;
      const { funding, asOf } = await exchange.fetchFunding(symbol, since, limit, { overlap });
      const newest = funding.at(-1);
      fetched.push(...funding);
      if (funding.length < limit || newest === undefined || newest.time === overlap?.time) {
        return { funding: fetched, asOf };
      }
      overlap = newest;
    }
  }
}
