import { type Kysely, sql } from 'kysely';
import type { Timeframe } from '../../candle.ts';
import type { Tables } from '../../db/tables.ts';
import { inTransaction } from '../../db/transaction.ts';
import { type CandleRepository, createCandleRepository } from './candle-repository.ts';
import { type CursorRepository, createCursorRepository } from './cursor-repository.ts';
import { createFundingRepository, type FundingRepository } from './funding-repository.ts';
import { createGapRepository, type GapRepository } from './gap-repository.ts';
import { createMarketChanges, type MarketChanges } from './market-changes.ts';
import { createMismatchRepository, type MismatchRepository } from './mismatch-repository.ts';
import { WINDOW_TIMEFRAME } from './window-validity.ts';

/** All that the store knows of the market. */
export interface MarketRepository {
  readonly candles: CandleRepository;
  readonly gaps: GapRepository;
  readonly funding: FundingRepository;
  readonly cursors: CursorRepository;
  readonly mismatches: MismatchRepository;
  /** Runs `work` so that all of what it writes is stored, or nothing. */
  together<T>(work: (repository: MarketRepository) => Promise<T>): Promise<T>;
  /** Grows with every write of this repository to the 15m candles and the funding of `symbol`, once it is stored. */
  version(symbol: string): number;
  /** Lets all versions grow if another process wrote to the store since this was last asked. */
  noticeOtherProcesses(): Promise<void>;
}

/** @param database the open store; one repository for each, or versions miss what the others write */
export function createMarketRepository(database: Kysely<Tables>): MarketRepository {
  const changes = createMarketChanges();
  let dataVersion: unknown;
  return {
    ...repositoriesOn(database, changes.wrote),
    version: changes.version,

    async together(work) {
      const written = new Set<string>();
      const result = await inTransaction(database, (transaction) =>
        work(withinTransaction(transaction, changes, (symbol) => written.add(symbol))),
      );
      for (const symbol of written) changes.wrote(symbol);
      return result;
    },

    async noticeOtherProcesses() {
      // SQLite's own count of what other connections committed; ours is the only one of this process.
      const { rows } = await sql<{ data_version: number }>`pragma data_version`.execute(database);
      const found = rows[0]?.data_version;
      if (dataVersion !== undefined && dataVersion !== found) changes.wroteAnything();
      dataVersion = found;
    },
  };
}

function withinTransaction(
  transaction: Kysely<Tables>,
  changes: MarketChanges,
  wrote: (symbol: string) => void,
): MarketRepository {
  const repository: MarketRepository = {
    ...repositoriesOn(transaction, wrote),
    version: changes.version,
    together: (work) => work(repository),
    async noticeOtherProcesses() {},
  };
  return repository;
}

function repositoriesOn(database: Kysely<Tables>, wrote: (symbol: string) => void) {
  const candles = createCandleRepository(database);
  const funding = createFundingRepository(database);
  const noted = async (symbol: string, timeframe: Timeframe, writing: Promise<void>) => {
    try {
      await writing;
    } finally {
      // Even after a failure: a long list is written in several transactions.
      if (timeframe === WINDOW_TIMEFRAME) wrote(symbol);
    }
  };
  return {
    candles: {
      ...candles,
      store: (symbol, timeframe, list) => noted(symbol, timeframe, candles.store(symbol, timeframe, list)),
      storeFilled: (symbol, timeframe, list) =>
        noted(symbol, timeframe, candles.storeFilled(symbol, timeframe, list)),
    } satisfies CandleRepository,
    gaps: createGapRepository(database),
    funding: {
      ...funding,
      store: (symbol, list, complete) =>
        noted(symbol, WINDOW_TIMEFRAME, funding.store(symbol, list, complete)),
    } satisfies FundingRepository,
    cursors: createCursorRepository(database),
    mismatches: createMismatchRepository(database),
  };
}
