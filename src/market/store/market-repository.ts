import type { Kysely } from 'kysely';
import { bumpRevision, createReadRevisions } from '../../db/revisions.ts';
import type { Tables } from '../../db/tables.ts';
import { inTransaction } from '../../db/transaction.ts';
import { type CandleRepository, createCandleRepository } from './candle-repository.ts';
import { createFundingRepository, type FundingRepository } from './funding-repository.ts';
import { createGapRepository, type GapRepository } from './gap-repository.ts';
import { createMismatchRepository, type MismatchRepository } from './mismatch-repository.ts';

/** The stored market data. */
export interface MarketRepository {
  readonly candles: CandleRepository;
  readonly gaps: GapRepository;
  readonly funding: FundingRepository;
  readonly mismatches: MismatchRepository;
  /** Runs `work` in one transaction, in which nobody else writes candles, funding or gaps of `symbol`. */
  together<T>(symbol: string, work: (repository: MarketRepository) => Promise<T>): Promise<T>;
  /** Changes with every write of candles, funding or gaps of `symbol`, by this or another process. */
  revision(symbol: string): Promise<string>;
}

/** @param database the open store, or a transaction on it */
export function createMarketRepository(database: Kysely<Tables>): MarketRepository {
  const readRevisions = createReadRevisions(database);
  return {
    candles: createCandleRepository(database),
    gaps: createGapRepository(database),
    funding: createFundingRepository(database),
    mismatches: createMismatchRepository(database),
    together: (symbol, work) =>
      inTransaction(database, async (transaction) => {
        await bumpRevision(transaction, `market:${symbol}`);
        return work(createMarketRepository(transaction));
      }),
    revision: (symbol) => readRevisions(`market:${symbol}`),
  };
}
