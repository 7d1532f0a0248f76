import type { Kysely } from 'kysely';
import type { Tables } from '../db/tables.ts';
import { type CandleRepository, createCandleRepository, inTransaction } from './candle-repository.ts';
import { createFundingRepository, type FundingRepository } from './funding-repository.ts';
import { createGapRepository, type GapRepository } from './gap-repository.ts';

/** All that the store knows of the market. */
export interface MarketRepository {
  readonly candles: CandleRepository;
  readonly gaps: GapRepository;
  readonly funding: FundingRepository;
  /** Runs `work` so that all of what it writes is stored, or nothing. */
  together<T>(work: (repository: MarketRepository) => Promise<T>): Promise<T>;
}

/** @param database the open store */
export function createMarketRepository(database: Kysely<Tables>): MarketRepository {
  return {
    candles: createCandleRepository(database),
    gaps: createGapRepository(database),
    funding: createFundingRepository(database),
    together: (work) => inTransaction(database, (transaction) => work(createMarketRepository(transaction))),
  };
}
