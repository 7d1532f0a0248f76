import type { Kysely } from 'kysely';
import { ALL_LEASES, type Leases } from '../../cluster/leases.ts';
import { bumpRevision, createReadRevisions } from '../../db/revisions.ts';
import type { Tables } from '../../db/tables.ts';
import { inTransaction } from '../../db/transaction.ts';
import { PaperdeskError } from '../../errors.ts';
import { type CandleRepository, createCandleRepository } from './candle-repository.ts';
import { createFundingRepository, type FundingRepository } from './funding-repository.ts';
import { createGapRepository, type GapRepository } from './gap-repository.ts';
import { createMismatchRepository, type MismatchRepository } from './mismatch-repository.ts';

interface MarketTables {
  readonly candles: CandleRepository;
  readonly gaps: GapRepository;
  readonly funding: FundingRepository;
  readonly mismatches: MismatchRepository;
}

/** Stores market data of one symbol in one transaction, one writer at a time. @throws PaperdeskError LEASE_LOST if only the owner may */
export type MarketWrite = <T>(work: (tables: MarketTables) => Promise<T>) => Promise<T>;

/** The stored market data. Writes to its tables replace what is stored; nodes write by `beginWrite`. */
export interface MarketRepository extends MarketTables {
  /**
   * Begins a write of market data of `symbol`; to be called before the request to the exchange whose answer it stores. What
   * a node stores without the lease of the symbol, from then until the commit, only adds what is missing: the owner may
   * have stored a newer answer meanwhile (nodes.md#8).
   * @param by `owner` for writes that are refused without the lease
   */
  beginWrite(symbol: string, by?: 'any-node' | 'owner'): MarketWrite;
  /** Changes with every write of candles, funding or gaps of `symbol`, by this or another process. */
  revision(symbol: string): Promise<string>;
}

/** Name of the lease of the node that follows a symbol. */
export function symbolLease(symbol: string): string {
  return `symbol:${symbol}`;
}

/**
 * @param database the open store, or a transaction on it
 * @param leases of this node; a process holds all of them by default
 */
export function createMarketRepository(
  database: Kysely<Tables>,
  leases: Pick<Leases, 'find'> = ALL_LEASES,
): MarketRepository {
  const readRevisions = createReadRevisions(database);
  return {
    ...marketTables(database, true),
    beginWrite(symbol, by = 'any-node') {
      const lease = leases.find(symbolLease(symbol));
      return (work) =>
        inTransaction(database, async (transaction) => {
          // First, so that writers of one symbol take turns.
          await bumpRevision(transaction, `market:${symbol}`);
          const isOwner = (await lease?.isHeld(transaction)) ?? false;
          if (by === 'owner' && !isOwner)
            throw new PaperdeskError('LEASE_LOST', `Another node follows ${symbol} now.`);
          return work(marketTables(transaction, isOwner));
        });
    },
    revision: (symbol) => readRevisions(`market:${symbol}`),
  };
}

function marketTables(database: Kysely<Tables>, replaces: boolean): MarketTables {
  return {
    candles: createCandleRepository(database, replaces),
    gaps: createGapRepository(database),
    funding: createFundingRepository(database, replaces),
    mismatches: createMismatchRepository(database),
  };
}
