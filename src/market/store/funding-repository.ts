import type { Kysely } from 'kysely';
import type { FundingRate } from '../../candle.ts';
import { bumpRevision } from '../../db/revisions.ts';
import type { Tables } from '../../db/tables.ts';
import { inTransaction } from '../../db/transaction.ts';
import { chunksOf } from './chunks.ts';
import { joinRanges, type TimeRange } from './time-ranges.ts';

/** The rows of `funding_rates`, and the range in which they are complete. Times in ms; lists are in order of time. */
export interface FundingRepository {
  /** Stores settlements; `complete` is the range in which, with them, none is missing. */
  store(symbol: string, funding: readonly FundingRate[], complete: TimeRange): Promise<void>;
  range(symbol: string, from: number, to: number): Promise<FundingRate[]>;
  /** The newest settlement from `from` to `to`. */
  newest(symbol: string, from: number, to: number): Promise<FundingRate | undefined>;
  /** The range without a missing settlement; undefined when nothing is stored. */
  coverage(symbol: string): Promise<TimeRange | undefined>;
}

const ROWS_PER_STATEMENT = 1000;

/**
 * @param database the open store, or a transaction on it
 * @param replaces whether rates replace stored ones of the same time
 */
export function createFundingRepository(database: Kysely<Tables>, replaces = true): FundingRepository {
  const ratesOf = (symbol: string, from: number, to: number) =>
    database
      .selectFrom('funding_rates')
      .select(['time', 'rate'])
      .where('symbol', '=', symbol)
      .where('time', '>=', from)
      .where('time', '<=', to);

  return {
    store(symbol, funding, complete) {
      return inTransaction(database, async (transaction) => {
        await bumpRevision(transaction, `market:${symbol}`);
        for (const chunk of chunksOf(funding, ROWS_PER_STATEMENT)) {
          await transaction
            .insertInto('funding_rates')
            .values(chunk.map(({ time, rate }) => ({ symbol, time, rate })))
            .onConflict((conflict) => {
              const known = conflict.columns(['symbol', 'time']);
              if (!replaces) return known.doNothing();
              return known.doUpdateSet(({ ref }) => ({ rate: ref('excluded.rate') }));
            })
            .execute();
        }
        const known = await createFundingRepository(transaction).coverage(symbol);
        // Of two ranges with a hole between them, only the later one is stored.
        const { from, to } = joinRanges(known === undefined ? [complete] : [known, complete], 0).at(-1)!;
        await transaction
          .insertInto('funding_coverage')
          .values({ symbol, from_time: from, to_time: to })
          .onConflict((conflict) => conflict.column('symbol').doUpdateSet({ from_time: from, to_time: to }))
          .execute();
      });
    },

    range: (symbol, from, to) => ratesOf(symbol, from, to).orderBy('time').execute(),
    newest: (symbol, from, to) =>
      ratesOf(symbol, from, to).orderBy('time', 'desc').limit(1).executeTakeFirst(),

    coverage: (symbol) =>
      database
        .selectFrom('funding_coverage')
        .select(['from_time as from', 'to_time as to'])
        .where('symbol', '=', symbol)
        .executeTakeFirst(),
  };
}
